//! Lists a client's customers and leads.

use super::matching::Numbers;
use crate::services::providers::accounts::AccountCache;
use crate::services::{ServiceError, cursor};
use crate::storage::{
    Client, CustomerFilter, LeadFilter, ListedCustomerRow, ListedLeadRow, SentLeadRow, Store,
};
use crate::time;
use call_ribbon_shared::wire::{
    CustomerLead, CustomerLeads, CustomerList, LeadList, ListedCustomer, ListedLead,
};

/// The most leads that are shown with a customer: the newest ones.
const MOST_LEADS: i64 = 20;

/// Returns a page of customers. `typed` is the search text as it was typed: if it is a customer's
/// whole id or number, that customer is looked up instead.
pub async fn list_customers(
    store: &Store,
    accounts: &AccountCache,
    client: &Client,
    typed: Option<&str>,
    filter: CustomerFilter,
) -> Result<CustomerList, ServiceError> {
    if let Some(typed) = typed {
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
        created_at: time::format(row.created_at),
        updated_at: time::format(row.updated_at),
    }
}
