/* The texts of the companion's panels. */

const WORDS = {
  en: {
    history: 'Recent calls', followUps: 'Follow-ups', dial: 'Search or dial', card: 'Customer', missed: 'Missed', customer: 'This customer', recent: 'Recent', in: 'Incoming', out: 'Outgoing',
    loading: 'Loading…', failed: 'This could not be loaded. Check the network connection and try again.', again: 'Try again', empty: 'No calls yet. Calls you make or answer will be listed here.',
    noFollowUps: 'No follow-ups. Set one after a call, and it is listed here.', overdue: 'Overdue', due: 'Due', later: 'Later', doneNow: 'Done', undo: 'Undo', hour: 'In an hour', tomorrow: 'Tomorrow 10:00',
    callWho: 'Call {0}', edit: 'Edit the notes on the call with {0}', add: 'Add notes on the call with {0}', cancel: 'Cancel', joined: 'Somebody else wrote notes meanwhile. Both texts are kept.',
    notSaved: 'Not saved. Check the network connection and try again.', today: 'Today {0}', yesterday: 'Yesterday {0}', nextDay: 'Tomorrow {0}', one: 'Follow-up due: {0}', many: '{0} follow-ups are due', show: 'Show', dismiss: 'Dismiss',
    number: 'Number', nameOrNumber: 'Name or number', noNumber: 'This isn’t a phone number. Check it.', nobody: 'No customer found.', numbersOnly: 'Only numbers can be dialed here.', copy: 'Copy the number', copied: 'Copied', id: 'Customer ID',
    email: 'E-mail', type: 'Call type', script: 'Script', nothing: 'Nothing more is known about this customer.', answered: 'Answered',
  },
  hi: {
    history: 'हाल की कॉलें', followUps: 'फ़ॉलो-अप', dial: 'खोजें या नंबर डायल करें', card: 'ग्राहक', missed: 'मिस्ड', customer: 'इस ग्राहक की', recent: 'हाल की', in: 'आई हुई कॉल', out: 'की गई कॉल',
    loading: 'लाया जा रहा है…', failed: 'यह लाया नहीं जा सका। नेटवर्क जाँचें और फिर कोशिश करें।', again: 'फिर कोशिश करें', empty: 'अभी तक कोई कॉल नहीं। आपकी कॉलें यहाँ दिखेंगी।',
    noFollowUps: 'कोई फ़ॉलो-अप नहीं। कॉल के बाद तय करें, तो यहाँ दिखेगा।', overdue: 'समय निकल गया', due: 'अभी', later: 'बाद में', doneNow: 'हो गया', undo: 'वापस लें', hour: 'एक घंटे बाद', tomorrow: 'कल 10:00 बजे',
    callWho: '{0} को कॉल करें', edit: '{0} की कॉल के नोट्स बदलें', add: '{0} की कॉल पर नोट्स लिखें', cancel: 'रद्द करें', joined: 'इस बीच किसी और ने भी नोट्स लिखे। दोनों रखे गए हैं।',
    notSaved: 'सहेजा नहीं गया। नेटवर्क जाँचें और फिर कोशिश करें।', today: 'आज {0}', yesterday: 'बीता कल {0}', nextDay: 'आने वाला कल {0}', one: 'फ़ॉलो-अप का समय: {0}', many: '{0} फ़ॉलो-अप का समय हो गया', show: 'दिखाएँ', dismiss: 'हटाएँ',
    number: 'नंबर', nameOrNumber: 'नाम या नंबर', noNumber: 'यह फ़ोन नंबर नहीं है। जाँच लें।', nobody: 'कोई ग्राहक नहीं मिला।', numbersOnly: 'यहाँ केवल नंबर डायल किए जा सकते हैं।', copy: 'नंबर कॉपी करें', copied: 'कॉपी हो गया', id: 'ग्राहक आईडी',
    email: 'ई-मेल', type: 'कॉल का प्रकार', script: 'क्या कहना है', nothing: 'इस ग्राहक के बारे में और कुछ नहीं पता।', answered: 'बात हुई',
  },
  ur: {
    history: 'حالیہ کالیں', followUps: 'فالو اپ', dial: 'تلاش کریں یا نمبر ملائیں', card: 'گاہک', missed: 'مس کالیں', customer: 'اس گاہک کی', recent: 'حالیہ', in: 'آنے والی کال', out: 'کی گئی کال',
    loading: 'لایا جا رہا ہے…', failed: 'یہ نہیں لایا جا سکا۔ نیٹ ورک دیکھیں اور دوبارہ کوشش کریں۔', again: 'دوبارہ کوشش کریں', empty: 'ابھی تک کوئی کال نہیں۔ آپ کی کالیں یہاں نظر آئیں گی۔',
    noFollowUps: 'کوئی فالو اپ نہیں۔ کال کے بعد طے کریں تو یہاں نظر آئے گا۔', overdue: 'وقت گزر گیا', due: 'ابھی', later: 'بعد میں', doneNow: 'ہو گیا', undo: 'واپس لیں', hour: 'ایک گھنٹے بعد', tomorrow: 'کل 10:00 بجے',
    callWho: '{0} کو کال کریں', edit: '{0} کی کال کے نوٹس بدلیں', add: '{0} کی کال پر نوٹس لکھیں', cancel: 'منسوخ کریں', joined: 'اس دوران کسی اور نے بھی نوٹس لکھے۔ دونوں رکھے گئے ہیں۔',
    notSaved: 'محفوظ نہیں ہوا۔ نیٹ ورک دیکھیں اور دوبارہ کوشش کریں۔', today: 'آج {0}', yesterday: 'گزشتہ کل {0}', nextDay: 'آنے والا کل {0}', one: 'فالو اپ کا وقت: {0}', many: '{0} فالو اپ کا وقت ہو گیا', show: 'دکھائیں', dismiss: 'ہٹائیں',
    number: 'نمبر', nameOrNumber: 'نام یا نمبر', noNumber: 'یہ فون نمبر نہیں ہے۔ دیکھ لیں۔', nobody: 'کوئی گاہک نہیں ملا۔', numbersOnly: 'یہاں صرف نمبر ملائے جا سکتے ہیں۔', copy: 'نمبر کاپی کریں', copied: 'کاپی ہو گیا', id: 'گاہک آئی ڈی',
    email: 'ای میل', type: 'کال کی قسم', script: 'کیا کہنا ہے', nothing: 'اس گاہک کے بارے میں اور کچھ معلوم نہیں۔', answered: 'بات ہوئی',
  },
};

/* Returns a text in the language of the bar, with a value filled in. */
const say = (ribbon, key, value = '') => (WORDS[ribbon.place()?.lang] ?? WORDS.en)[key].replace('{0}', () => value);
