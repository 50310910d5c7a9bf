//! Generates customers, each from its number alone, so that none has to be stored.

use super::business::{Business, Kind};
use super::random::Random;
use serde_json::{Map, Value, json};

/// The approximate number of calls of an ordinary customer in a year.
const CALLS_EACH: u64 = 6;
/// One customer in so many is a company that calls weekly.
const ONE_COMPANY_IN: u64 = 400;

/// The customers of a business.
#[derive(Debug, Clone, Copy)]
pub struct CustomerBook<'a> {
    pub business: &'a Business,
    pub seed: u64,
    /// Number of customers; the companies come first.
    customers: u64,
}

/// A customer in a call.
#[derive(Debug)]
pub struct Customer {
    pub phone: String,
    /// `customerData`, as JSON; `None` for an unknown caller.
    pub data: Option<String>,
}

impl Customer {
    /// Returns the name; `None` for an unknown caller.
    pub fn name(&self) -> Option<String> {
        let data: Value = serde_json::from_str(self.data.as_deref()?).ok()?;
        Some(data.get("name")?.as_str()?.to_owned())
    }
}

impl<'a> CustomerBook<'a> {
    /// Creates the customers of a business with so many calls.
    pub fn new(business: &'a Business, seed: u64, calls: u64) -> Self {
        Self { business, seed, customers: (calls / CALLS_EACH).max(20) }
    }

    /// Picks the customer of the next call.
    pub fn pick_customer(&self, random: &mut Random, campaign: &str) -> Customer {
        let companies = (self.customers / ONE_COMPANY_IN).max(3);
        let number = match random.next_below(100) {
            0..9 => random.skewed_below(companies, 2.0),
            _ => companies + random.skewed_below(self.customers - companies, 1.25),
        };
        // Nine digits after the prefix; the last four decide what the simulator would do.
        let phone = format!("{}{:09}", self.business.prefix, 100_000_000 + number * 7);
        let known = !random.chance_percent(7);
        let data = known.then(|| self.customer_data(number, number < companies, campaign, random));
        Customer { phone, data }
    }

    fn customer_data(
        &self,
        number: u64,
        company: bool,
        campaign: &str,
        random: &mut Random,
    ) -> String {
        let business = self.business;
        // A customer's own properties are the same in each of its calls.
        let mut own = Random::from_parts(&[self.seed, u64::from(u32::from(company)), number]);
        let last = own.pick_one(business.last_names).unwrap_or_default();
        let name = if company {
            format!("{last} {}", own.pick_one(business.companies).unwrap_or_default())
        } else {
            format!("{} {last}", own.pick_one(business.first_names).unwrap_or_default())
        };
        let data = json!({
            "customerId": format!("{}{:07}", business.customer, number + 1),
            "name": name,
            "callType": business.call_type,
            "context": page_context(business.kind, &mut own, random),
            "metadata": {"campaign": campaign},
        });
        data.to_string()
    }
}

/// Generates what the page of a business shows about a customer. As in practice, some of it is
/// missing, and typed values have several spellings.
fn page_context(kind: Kind, own: &mut Random, random: &mut Random) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value, random: &mut Random| {
        if !random.chance_percent(6) {
            fields.insert(name.to_owned(), value);
        }
    };
    match kind {
        Kind::Collections => {
            let due = own.log_normal(1_450_000.0, 0.9);
            let due = format!("{}.{:02}", due / 100, due % 100);
            put("amountDue", due.parse().map_or(Value::Null, Value::Number), random);
            put("daysOverdue", json!(own.log_normal(38.0, 0.8)), random);
            put("region", pick_spelling(own, random, &REGIONS_IN), random);
            put("language", pick_spelling(own, random, &LANGUAGES_IN), random);
        }
        Kind::Sales => {
            put("dealSize", json!(own.log_normal(18_000.0, 1.1) / 100 * 100), random);
            put("stage", pick_spelling(random, &mut own.clone(), &STAGES), random);
            put("region", pick_spelling(own, random, &REGIONS_US), random);
            put("plan", pick_spelling(own, random, &PLANS), random);
        }
        Kind::Support => {
            put("ticketPriority", pick_spelling(random, &mut own.clone(), &PRIORITIES), random);
            put("plan", pick_spelling(own, random, &TARIFFS), random);
            put("region", pick_spelling(own, random, &REGIONS_DE), random);
            put("language", pick_spelling(own, random, &LANGUAGES_DE), random);
        }
    }
    Value::Object(fields)
}

/// Picks a value, mostly in its usual spelling.
fn pick_spelling(which: &mut Random, how: &mut Random, values: &[&[&str]]) -> Value {
    let Some(spellings) = which.pick_one(values) else { return Value::Null };
    let usual = spellings.first().copied();
    let text = if how.chance_percent(92) { usual } else { how.pick_one(spellings) };
    Value::from(text.unwrap_or_default())
}

const REGIONS_IN: [&[&str]; 5] = [
    &["Maharashtra", "maharashtra", "MH", "Maharashtra "],
    &["Karnataka", "karnataka", "KA"],
    &["Tamil Nadu", "TamilNadu", "TN"],
    &["Delhi", "New Delhi", "DELHI"],
    &["Gujarat", "gujarat"],
];
const LANGUAGES_IN: [&[&str]; 4] =
    [&["hi", "Hindi", "HI"], &["en", "English"], &["mr", "Marathi"], &["ta", "Tamil"]];
const STAGES: [&[&str]; 5] = [
    &["prospecting", "Prospecting"],
    &["qualified", "Qualified", "SQL"],
    &["proposal", "Proposal sent"],
    &["negotiation", "Negotiation", "negotiating"],
    &["closed won", "Closed Won", "won"],
];
const REGIONS_US: [&[&str]; 4] =
    [&["Northeast", "NE", "northeast"], &["South", "SOUTH"], &["Midwest", "Mid-West"], &["West"]];
const PLANS: [&[&str]; 3] = [&["team", "Team"], &["business", "Business"], &["enterprise", "Ent"]];
const PRIORITIES: [&[&str]; 4] = [
    &["low", "Low", "P4"],
    &["normal", "Normal", "P3"],
    &["high", "High", "P2"],
    &["urgent", "Urgent", "P1"],
];
const TARIFFS: [&[&str]; 3] = [&["Basis", "basis"], &["Öko", "Oeko", "öko"], &["Gewerbe"]];
const REGIONS_DE: [&[&str]; 4] =
    [&["Nord", "nord"], &["Süd", "Sued"], &["Ost"], &["West", "west", "NRW"]];
const LANGUAGES_DE: [&[&str]; 3] = [&["de", "Deutsch", "DE"], &["en"], &["tr", "Türkisch"]];
