export interface Account { id: string; name: string; phone: string; due: number; days: number }

// Numbers of the simulator: 0001 is busy, and all others here answer.
export const ACCOUNTS: Account[] = [
  { id: 'PAY-11', name: 'Asha Rao', phone: '+919900060011', due: 12450.5, days: 34 },
  { id: 'PAY-12', name: 'Imran Qureshi', phone: '+919900060001', due: 5200, days: 12 },
  { id: 'PAY-13', name: 'सुनीता शर्मा', phone: '+919900060013', due: 15900, days: 62 },
];

export const rupees = (amount: number) => amount.toLocaleString('en-IN', { style: 'currency', currency: 'INR' });
