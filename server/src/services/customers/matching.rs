//! Finds the customer of a phone number; numbers are compared as E.164, however they were written.
//!
//! A number without a country code belongs to the client's own country. Numbers of the client's own
//! side, an agent's phone or the provider's virtual number, are never a customer's.

use crate::phone;
use crate::scan::count_steps;
use crate::services::ServiceError;
use crate::services::providers::accounts::{Account, AccountCache};
use crate::storage::{Client, CustomerRow, Store};
use call_ribbon_shared::phone::DialNumber;
use phonenumber::{Mode, country};
use serde::Serialize;
use std::collections::BTreeSet;

/// Customers listed by name if several share a number.
const MAX_NAMED: usize = 5;

/// The customers found by a number, and how they were found.
#[derive(Debug, Clone)]
pub struct CustomerMatch {
    /// At least one; if there are several, none of them is assumed to be the caller.
    customers: Vec<CustomerRow>,
    pub by: MatchedBy,
}

/// Which of a customer's numbers matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchedBy {
    Phone,
    FurtherNumber,
    /// Several customers share it.
    Several,
}

impl MatchedBy {
    /// Returns the word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::FurtherNumber => "further_number",
            Self::Several => "several",
        }
    }
}

impl CustomerMatch {
    fn from_customers(customers: Vec<CustomerRow>, by: MatchedBy) -> Option<Self> {
        let by = if customers.len() > 1 { MatchedBy::Several } else { by };
        (!customers.is_empty()).then_some(Self { customers, by })
    }

    /// Returns the `customerData` of the customer. If several share the number, it names no
    /// customer, but says how many there are (`sharedBy`) and who (`sharedCustomers`).
    pub fn customer_data(&self, number: &str) -> Option<String> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Known<'a> {
            customer_id: &'a str,
            name: Option<&'a str>,
            phone_number: Option<&'a str>,
            email: Option<&'a str>,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct OneOfSeveral<'a> {
            customer_id: &'a str,
            name: Option<&'a str>,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct NumberOfSeveral<'a> {
            phone_number: &'a str,
            shared_by: usize,
            shared_customers: Vec<OneOfSeveral<'a>>,
        }
        if let [CustomerRow { customer_id, name, phone, email }] = self.customers.as_slice() {
            return serde_json::to_string(&Known {
                customer_id,
                name: name.as_deref(),
                phone_number: phone.as_deref(),
                email: email.as_deref(),
            })
            .ok();
        }
        serde_json::to_string(&NumberOfSeveral {
            phone_number: number,
            shared_by: self.customers.len(),
            shared_customers: self
                .customers
                .iter()
                .take(MAX_NAMED)
                .map(|CustomerRow { customer_id, name, .. }| OneOfSeveral {
                    customer_id,
                    name: name.as_deref(),
                })
                .collect(),
        })
        .ok()
    }
}

/// Reads the numbers of one client as numbers of its country.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    country: Option<country::Id>,
}

impl Numbers {
    /// Reads numbers as of the country with this two-letter code.
    pub fn of_country(code: Option<&str>) -> Self {
        Self { country: code.and_then(|code| code.parse().ok()) }
    }

    /// Reads numbers as of this client's country.
    pub async fn of_client(
        store: &Store,
        accounts: &AccountCache,
        client: &Client,
    ) -> Result<Self, ServiceError> {
        let (code, _) = store.clients().find_client_extras(&client.id).await?;
        let own = Self::of_country(code.as_deref());
        if own.country.is_some() {
            return Ok(own);
        }
        // For a client that names no country, the country of its accounts is used if they agree.
        let accounts = accounts.of_client(client).await?;
        let mut countries =
            accounts.iter().filter_map(|account| account.settings.default_country());
        let country = countries.next().filter(|first| countries.all(|other| other == *first));
        Ok(Self { country })
    }

    /// Returns a reader for numbers as the account's provider writes them; `self` if the account
    /// has no country.
    pub fn of_provider(&self, account: &Account) -> Self {
        Self { country: account.settings.default_country().or(self.country) }
    }

    /// Returns the calling code of the client's country, such as 91.
    pub fn calling_code(&self) -> Option<u16> {
        // Any digits are read as a number of the country, valid or not.
        let read = phonenumber::parse(Some(self.country?), "20255501").ok()?;
        Some(read.code().value())
    }

    /// Returns a number as E.164, if its country is known and it is plausible.
    pub fn to_e164(&self, number: &str) -> Option<String> {
        phone::to_e164(self.country, &DialNumber::parse(number).ok()?)
    }

    /// Returns a number in the form best stored and dialed: as E.164, else as it was written.
    pub fn best_spelling(&self, number: &DialNumber) -> String {
        phone::to_e164(self.country, number).unwrap_or_else(|| number.as_str().to_owned())
    }

    /// Returns the numbers that a written number may stand for, the best first: as E.164, or as it
    /// was written if it is not known to be valid anywhere. At most five.
    pub fn all_readings(&self, number: &DialNumber) -> Vec<String> {
        let mut readings = phone::all_readings(self.country, number);
        let best = self.best_spelling(number);
        if readings.first() != Some(&best) {
            readings.insert(0, best);
        }
        readings
    }

    /// Returns all ways in which the number may have been written, the best first.
    pub fn all_spellings(&self, number: &str) -> Vec<String> {
        let Ok(number) = DialNumber::parse(number) else { return Vec::new() };
        let mut all = Vec::new();
        if let Some(read) = phone::parse_valid(self.country, &number) {
            let e164 = read.format().mode(Mode::E164).to_string();
            all.push(e164.trim_start_matches('+').to_owned());
            all.insert(0, e164);
            // Without its country code it means this number only in the client's own country.
            if self.country.is_some() && read.country().id() == self.country {
                let national = read.format().mode(Mode::National).to_string();
                all.push(national.chars().filter(char::is_ascii_digit).collect());
                all.push(read.national().to_string());
            }
        }
        all.push(number.as_str().to_owned());
        let mut seen = BTreeSet::new();
        all.retain(|spelling| seen.insert(spelling.clone()));
        all
    }

    /// Returns the form in which numbers are compared; `None` if the text is no number. Reading a
    /// number takes a while, so lists are compared by this.
    pub fn comparable(&self, number: &str) -> Option<String> {
        count_steps(1);
        let number = DialNumber::parse(number).ok()?;
        Some(self.best_spelling(&number))
    }
}

/// Finds the customer of a number; `None` also for a number of the client's own side.
pub async fn find_customer(
    store: &Store,
    client: &Client,
    numbers: &Numbers,
    number: &str,
    ours: &[String],
) -> Result<Option<CustomerMatch>, ServiceError> {
    let known = numbers.comparable(number);
    if known.is_some() && ours.iter().any(|own| numbers.comparable(own) == known) {
        return Ok(None);
    }
    let spellings = numbers.all_spellings(number);
    if spellings.is_empty() {
        return Ok(None);
    }
    let found = store.customers().customers_by_numbers(&client.id, &spellings).await?;
    if let Some(found) = CustomerMatch::from_customers(found, MatchedBy::Phone) {
        return Ok(Some(found));
    }
    let further = store.customers().customers_by_further_numbers(&client.id, &spellings).await?;
    Ok(CustomerMatch::from_customers(further, MatchedBy::FurtherNumber))
}

/// Returns the numbers of the client's own side: agents' phones, and those of all its accounts.
pub async fn own_numbers(
    store: &Store,
    accounts: &AccountCache,
    client: &Client,
) -> Result<Vec<String>, ServiceError> {
    let agents = store.agents().list_agents(&client.id).await?;
    let mut ours: Vec<String> = agents.into_iter().filter_map(|agent| agent.phone).collect();
    for account in accounts.of_client(client).await?.iter() {
        ours.extend(account.settings.own_numbers().into_iter().map(str::to_owned));
    }
    Ok(ours)
}
