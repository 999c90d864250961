//! Members and certificates in PostgreSQL. The framework has no database; a hook may.
//!
//! ```sql
//! CREATE TABLE members (client text PRIMARY KEY, names text[] NOT NULL, days integer NOT NULL);
//! CREATE TABLE certificates (serial text PRIMARY KEY, client text NOT NULL REFERENCES members,
//!     not_after timestamptz NOT NULL, pem text NOT NULL);
//! ```

use std::sync::Arc;

use sapi::policy::{Names, Subject};
use sapi::{
    AltName, BoxError, IssuedCertificate, Issuer, Rejection, SigningContext, SigningHooks, Terms,
    Validity, Verdict, async_trait,
};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio_postgres::{Client, NoTls};

/// The table `[hooks.registry]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// As `psql` takes it: `host=/run/postgresql user=sapi dbname=registry`. Over a unix socket the server
    /// knows the user without a password.
    pub database: String,
}

/// Grants what the table of members says, and records every certificate before the client gets it.
#[derive(Debug)]
pub struct PostgresRegistry {
    database: String,
    connection: Mutex<Option<Arc<Client>>>,
}

impl PostgresRegistry {
    /// Connects at `boot`.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            database: settings.database,
            connection: Mutex::default(),
        }
    }

    /// Returns the connection, or a new one if it is closed. `hooks.timeout` limits how long this takes;
    /// after it the request is refused.
    async fn client(&self) -> Result<Arc<Client>, BoxError> {
        let mut connection = self.connection.lock().await;
        if let Some(client) = connection.as_ref().filter(|client| !client.is_closed()) {
            return Ok(Arc::clone(client));
        }
        let (client, driver) = tokio_postgres::connect(&self.database, NoTls).await?;
        // The task ends with the connection. The next request finds the connection closed.
        tokio::spawn(async move { drop(driver.await) });
        let client = Arc::new(client);
        *connection = Some(Arc::clone(&client));
        Ok(client)
    }
}

#[async_trait]
impl SigningHooks for PostgresRegistry {
    fn name(&self) -> &'static str {
        "registry"
    }

    /// Without the database the service does not start.
    async fn boot(&self, _: &Issuer) -> Result<(), BoxError> {
        let client = self.client().await?;
        client
            .query("SELECT client, names, days FROM members LIMIT 0", &[])
            .await?;
        client
            .query(
                "SELECT serial, client, not_after, pem FROM certificates LIMIT 0",
                &[],
            )
            .await?;
        Ok(())
    }

    async fn authorize(&self, cx: &mut SigningContext) -> Result<Verdict, Rejection> {
        let client = self.client().await?;
        let question = "SELECT names, days FROM members WHERE client = $1";
        let Some(row) = client.query_opt(question, &[&cx.client().as_str()]).await? else {
            return Err(Rejection::denied("unknown client"));
        };
        let (names, days): (Vec<String>, i32) = (row.try_get(0)?, row.try_get(1)?);
        let names: Result<Vec<AltName>, _> = names.iter().map(|name| name.parse()).collect();
        let allowed = names?.into_iter().fold(Names::none(), Names::exactly);
        allowed.check(cx.csr().names())?;
        Subject::none().common_name_is_own().check(cx)?;
        let validity = Validity::days(u64::try_from(days)?);
        Ok(Verdict::Grant(
            Terms::valid_for(validity).with_requested_names(cx.csr()),
        ))
    }

    /// An error here withholds the certificate: every certificate out there must be in the registry.
    async fn postsign(
        &self,
        cx: &mut SigningContext,
        cert: &IssuedCertificate,
    ) -> Result<(), BoxError> {
        let client = self.client().await?;
        let statement = "INSERT INTO certificates VALUES ($1, $2, $3, $4)";
        let (serial, name) = (cert.serial().to_string(), cx.client().as_str());
        client
            .execute(statement, &[&serial, &name, &cert.not_after(), &cert.pem()])
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
