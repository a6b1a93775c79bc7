//! IndexedDB's requests and transactions as futures.
//!
//! Requests of one transaction are answered in order, so it is enough to wait for the last one: one closure serves a
//! thousand requests. That is why this is not a crate that makes a future of each.

use core::future::Future;

use futures_channel::oneshot;
use js_sys::Array;
use memory::StoreError;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    DomException, Event, IdbDatabase, IdbObjectStore, IdbRequest, IdbRequestReadyState,
    IdbTransaction, IdbTransactionMode,
};

use crate::describe::describe;

/// Why an operation failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The connection is gone; a new one may do.
    Lost(String),
    /// Anything else.
    Store(StoreError),
}

impl From<JsValue> for Fault {
    fn from(thrown: JsValue) -> Self {
        let name = thrown
            .dyn_ref::<DomException>()
            .map(DomException::name)
            .unwrap_or_default();
        let text = describe(&thrown);
        match name.as_str() {
            "QuotaExceededError" => Self::Store(StoreError::Full(text)),
            // "Connection to Indexed Database server lost" is an UnknownError.
            "AbortError" | "InvalidStateError" | "UnknownError" => Self::Lost(text),
            _ => Self::Store(StoreError::Failed(text)),
        }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Lost(why) => Self::Failed(why),
            Fault::Store(error) => error,
        }
    }
}

/// A request that is listened to.
struct Listener {
    request: IdbRequest,
    _heard: Closure<dyn FnMut()>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.request.set_onsuccess(None);
        self.request.set_onerror(None);
    }
}

/// What a request is answered with. It is listened to from now on, not only once this is awaited.
pub(super) fn answer(request: IdbRequest) -> impl Future<Output = Result<JsValue, Fault>> {
    let (tell, told) = oneshot::channel();
    let mut tell = Some(tell);
    if request.ready_state() == IdbRequestReadyState::Done {
        // It was answered before anybody listened, and says nothing more.
        tell = None;
    }
    let heard = Closure::<dyn FnMut()>::new(move || {
        if let Some(tell) = tell.take() {
            let _ = tell.send(());
        }
    });
    request.set_onsuccess(Some(heard.as_ref().unchecked_ref()));
    request.set_onerror(Some(heard.as_ref().unchecked_ref()));
    let listener = Listener {
        request,
        _heard: heard,
    };
    async move {
        let _ = told.await;
        let request = &listener.request;
        match request.error()? {
            Some(error) => Err(JsValue::from(error).into()),
            None => Ok(request.result()?),
        }
    }
}

/// What all these requests of one transaction are answered with, in order.
pub(super) async fn answers(requests: &[IdbRequest]) -> Result<Vec<JsValue>, Fault> {
    if let Some(last) = requests.last() {
        answer(last.clone()).await?;
    }
    requests
        .iter()
        .map(|request| Ok(request.result()?))
        .collect()
}

/// A transaction. One for writing that is dropped before it was committed is undone.
pub(super) struct Work {
    transaction: IdbTransaction,
    /// Of one for writing.
    end: Option<End>,
}

/// How the end of a transaction is heard, and what hears it.
type End = (oneshot::Receiver<bool>, Closure<dyn FnMut(Event)>);

// web-sys calls it deprecated, after a draft of long ago.
#[wasm_bindgen]
extern "C" {
    type Committable;
    #[wasm_bindgen(method, catch)]
    fn commit(this: &Committable) -> Result<(), JsValue>;
}

impl Work {
    /// Reads these object stores.
    pub(super) fn reading(database: &IdbDatabase, stores: &[&str]) -> Result<Self, Fault> {
        let transaction = begin(database, stores, IdbTransactionMode::Readonly)?;
        Ok(Self {
            transaction,
            end: None,
        })
    }

    /// Reads and writes these object stores.
    pub(super) fn writing(database: &IdbDatabase, stores: &[&str]) -> Result<Self, Fault> {
        let transaction = begin(database, stores, IdbTransactionMode::Readwrite)?;
        let (tell, told) = oneshot::channel();
        let mut tell = Some(tell);
        let heard = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(tell) = tell.take() {
                let _ = tell.send(event.type_() == "complete");
            }
        });
        transaction.set_oncomplete(Some(heard.as_ref().unchecked_ref()));
        transaction.set_onabort(Some(heard.as_ref().unchecked_ref()));
        Ok(Self {
            transaction,
            end: Some((told, heard)),
        })
    }

    /// One of its object stores.
    pub(super) fn store(&self, name: &str) -> Result<IdbObjectStore, Fault> {
        Ok(self.transaction.object_store(name)?)
    }

    /// Waits until all of it is written. Nothing more can be asked of it.
    pub(super) async fn committed(mut self) -> Result<(), Fault> {
        let Some((told, heard)) = self.end.take() else {
            return Ok(());
        };
        // The browser would do so by itself, one message later.
        let _ = self.transaction.unchecked_ref::<Committable>().commit();
        let complete = told.await.unwrap_or_default();
        drop(heard);
        if complete {
            return Ok(());
        }
        Err(match self.transaction.error() {
            Some(error) => JsValue::from(error).into(),
            None => Fault::Lost("the transaction was aborted".to_owned()),
        })
    }
}

fn begin(
    database: &IdbDatabase,
    stores: &[&str],
    mode: IdbTransactionMode,
) -> Result<IdbTransaction, Fault> {
    let stores: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
    Ok(database.transaction_with_str_sequence_and_mode(&stores, mode)?)
}

impl Drop for Work {
    fn drop(&mut self) {
        if self.end.is_some() {
            self.transaction.set_oncomplete(None);
            self.transaction.set_onabort(None);
            // It may be over already, which is as well.
            let _ = self.transaction.abort();
        }
    }
}
