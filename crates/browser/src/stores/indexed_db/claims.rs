//! Who has which lock, and until when: the object store `claims`.

use js_sys::Array;
use memory::StoreError;
use wasm_bindgen::{JsCast, JsValue};

use super::CLAIMS;
use super::connection::Connection;
use super::requests::{Work, answers};

impl Connection {
    /// Claims those of these names that nobody else has at the time `now`, until another time, both in milliseconds since
    /// 1970; says which.
    pub(crate) async fn claim(
        &self,
        names: &[String],
        owner: &str,
        now: f64,
        until: f64,
    ) -> Result<Vec<bool>, StoreError> {
        let write = async |database: &_| {
            let work = Work::writing(database, &[CLAIMS])?;
            let store = work.store(CLAIMS)?;
            let asked = names
                .iter()
                .map(|name| store.get(&name.as_str().into()))
                .collect::<Result<Vec<_>, _>>()?;
            let free: Vec<_> = answers(&asked)
                .await?
                .iter()
                .map(|claim| is_free(claim, owner, now, until))
                .collect();
            for (name, free) in names.iter().zip(&free) {
                if *free {
                    let claim = Array::of2(&owner.into(), &until.into());
                    store.put_with_key(&claim, &name.as_str().into())?;
                }
            }
            work.committed().await?;
            Ok(free)
        };
        self.carry_out(write).await
    }

    /// Gives up those of these names that this owner has.
    pub(crate) async fn unclaim(&self, names: &[String], owner: &str) -> Result<(), StoreError> {
        let write = async |database: &_| {
            let work = Work::writing(database, &[CLAIMS])?;
            let store = work.store(CLAIMS)?;
            let asked = names
                .iter()
                .map(|name| store.get(&name.as_str().into()))
                .collect::<Result<Vec<_>, _>>()?;
            for (name, claim) in names.iter().zip(answers(&asked).await?) {
                if read(&claim).is_some_and(|(other, _)| other == owner) {
                    store.delete(&name.as_str().into())?;
                }
            }
            work.committed().await
        };
        self.carry_out(write).await
    }
}

fn is_free(claim: &JsValue, owner: &str, now: f64, until: f64) -> bool {
    // A claim beyond what anybody asks for was made by a clock that has since been set back.
    read(claim)
        .is_none_or(|(other, end)| other == owner || end <= now || end > until + (until - now))
}

fn read(claim: &JsValue) -> Option<(String, f64)> {
    let parts: &Array = claim.dyn_ref()?;
    Some((parts.get(0).as_string()?, parts.get(1).as_f64()?))
}
