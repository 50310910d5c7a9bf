//! Lists a client's customers and leads.

use super::matching::Numbers;
use crate::services::access::operator::Operator;
use crate::services::providers::accounts::AccountCache;
use crate::services::{ServiceError, cursor};
use crate::storage::{
    Client, CustomerFilter, LeadFilter, ListedCustomerRow, ListedLeadRow, SentLeadRow, Store,
};
use crate::time;
use call_ribbon_shared::wire::{
    CustomerLead, CustomerLeads, CustomerList, LeadList, LeadStatus, ListedCustomer, ListedLead,
};
use std::cmp::Ordering;

/// The most leads that are shown with a customer: the newest ones.
const MOST_LEADS: i64 = 20;

/// The most customers that are sorted.
const MOST_SORTED: i64 = 20_000;

/// By what customers are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerSort {
    Name,
    Calls,
    Duration,
    Changed,
}

impl CustomerSort {
    /// Reads a word of the API.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "name" => Self::Name,
            "calls" => Self::Calls,
            "duration" => Self::Duration,
            "changed" => Self::Changed,
            _ => return None,
        })
    }

    fn compare(self, one: &ListedCustomerRow, two: &ListedCustomerRow) -> Ordering {
        // Customers without a name come after all names.
        let name = |row: &ListedCustomerRow| {
            (row.name.is_none(), row.name.as_ref().map(|name| name.to_lowercase()))
        };
        match self {
            Self::Name => name(one).cmp(&name(two)),
            Self::Calls => one.calls.cmp(&two.calls),
            Self::Duration => one.duration.cmp(&two.duration),
            Self::Changed => one.updated_at.cmp(&two.updated_at),
        }
    }
}

/// Returns a page of customers in another order than that of their ids, which follows the customer
/// `filter.after`.
pub async fn list_sorted_customers(
    store: &Store,
    client: &Client,
    filter: CustomerFilter,
    (sort, is_descending): (CustomerSort, bool),
) -> Result<CustomerList, ServiceError> {
    let (after, most) = (filter.after.clone(), usize::try_from(filter.most).unwrap_or(usize::MAX));
    let all = CustomerFilter { after: String::new(), most: MOST_SORTED, ..filter };
    let found = store.customers().list_customers(&client.id, &all).await?;
    if found.next.is_some() {
        return Err(ServiceError::Invalid {
            field: "sort",
            sentence: format!(
                "sort works for at most {MOST_SORTED} customers, and there are more; leave it out."
            ),
        });
    }
    let mut rows = found.rows;
    rows.sort_by(|one, two| {
        let order = sort.compare(one, two);
        let order = if is_descending { order.reverse() } else { order };
        order.then_with(|| one.customer_id.cmp(&two.customer_id))
    });
    let begin = match rows.iter().position(|row| row.customer_id == after) {
        Some(place) => place + 1,
        None if after.is_empty() => 0,
        None => {
            let sentence = "cursor names a customer that is gone; begin with the first page.";
            return Err(ServiceError::Invalid { field: "cursor", sentence: sentence.to_owned() });
        }
    };
    let has_more = rows.len() - begin > most;
    let page: Vec<ListedCustomerRow> = rows.into_iter().skip(begin).take(most).collect();
    let last = page.last().filter(|_| has_more);
    let next_cursor = last.map(|row| cursor::write_customer(&row.customer_id));
    Ok(CustomerList { customers: page.into_iter().map(to_listed_customer).collect(), next_cursor })
}

/// Returns a page of customers. `typed` is the search text as it was typed: if it is a customer's
/// whole id or number, that customer is looked up instead.
pub async fn list_customers(
    store: &Store,
    accounts: &AccountCache,
    client: &Client,
    typed: Option<&str>,
    filter: CustomerFilter,
) -> Result<CustomerList, ServiceError> {
    if let Some(typed) = typed.filter(|_| !filter.only_duplicates) {
        let known = find_exact(store, accounts, client, typed, filter.most).await?;
        if !known.is_empty() {
            let customers = known.into_iter().map(to_listed_customer).collect();
            return Ok(CustomerList { customers, next_cursor: None });
        }
    }
    let found = store.customers().list_customers(&client.id, &filter).await?;
    Ok(CustomerList {
        customers: found.rows.into_iter().map(to_listed_customer).collect(),
        next_cursor: found.next.map(|id| cursor::write_customer(&id)),
    })
}

async fn find_exact(
    store: &Store,
    accounts: &AccountCache,
    client: &Client,
    typed: &str,
    most: i64,
) -> Result<Vec<ListedCustomerRow>, ServiceError> {
    if let Some(customer) = store.customers().find_listed_customer(&client.id, typed).await? {
        return Ok(vec![customer]);
    }
    let spellings = Numbers::of_client(store, accounts, client).await?.all_spellings(typed);
    if spellings.is_empty() {
        return Ok(Vec::new());
    }
    Ok(store.customers().list_customers_by_number(&client.id, &spellings, most).await?)
}

/// Returns a page of leads.
pub async fn list_leads(
    store: &Store,
    client: &Client,
    filter: &LeadFilter,
) -> Result<LeadList, ServiceError> {
    let found = store.leads().list_leads(&client.id, filter).await?;
    Ok(LeadList {
        leads: found.rows.into_iter().map(to_listed_lead).collect(),
        next_cursor: found.next.map(cursor::write_lead),
    })
}

/// Returns a status as the storage numbers it.
pub fn stage_of(status: LeadStatus) -> i64 {
    match status {
        LeadStatus::New => 0,
        LeadStatus::Called => 1,
        LeadStatus::Reached => 2,
    }
}

/// Gives leads to another agent. Returns how many had another one before.
pub async fn assign_leads(
    operator: &Operator<'_>,
    client_id: &str,
    ids: &[i64],
    agent_id: &str,
) -> Result<u64, ServiceError> {
    let found = operator.store.clients().find_client(client_id).await?;
    found.ok_or_else(ServiceError::unknown_client)?;
    let leads = operator.store.leads();
    let changed = leads.assign_leads(client_id, ids, agent_id, operator.stamp()).await?;
    changed.ok_or_else(|| ServiceError::Invalid {
        field: "agentId",
        sentence: "agentId must be an agent of this client.".to_owned(),
    })
}

/// Returns a customer's latest leads with what the dialer sent.
pub async fn list_customer_leads(
    store: &Store,
    client: &Client,
    customer_id: &str,
) -> Result<CustomerLeads, ServiceError> {
    let rows = store.leads().list_leads_of_customer(&client.id, customer_id, MOST_LEADS).await?;
    let lead = |SentLeadRow { lead, fields }| CustomerLead {
        lead: to_listed_lead(lead),
        fields: fields.0,
    };
    Ok(CustomerLeads { leads: rows.into_iter().map(lead).collect() })
}

fn to_listed_customer(row: ListedCustomerRow) -> ListedCustomer {
    ListedCustomer {
        customer_id: row.customer_id,
        name: row.name,
        phone: row.phone,
        email: row.email,
        company: row.company,
        total_calls: row.calls,
        total_duration: row.duration,
        same_number: row.same_number,
        last_updated: time::format(row.updated_at),
    }
}

fn to_listed_lead(row: ListedLeadRow) -> ListedLead {
    ListedLead {
        id: row.id,
        dialer_lead_id: row.dialer_lead_id,
        full_name: row.full_name,
        phone: row.phone,
        email: row.email,
        campaign: row.campaign,
        agent_id: row.agent_id,
        agent_name: row.agent_name,
        customer_id: row.customer_id,
        total_calls: row.calls,
        status: match row.stage {
            0 => LeadStatus::New,
            1 => LeadStatus::Called,
            _ => LeadStatus::Reached,
        },
        created_at: time::format(row.created_at),
        updated_at: time::format(row.updated_at),
    }
}
