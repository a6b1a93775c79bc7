//! The connection to the database: made, upgraded, lost and made again.

use core::cell::{Cell, RefCell};
use core::time::Duration;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use js_sys::Reflect;
use memory::StoreError;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{
    DomException, IdbDatabase, IdbFactory, IdbObjectStoreParameters, IdbOpenDbRequest,
    IdbVersionChangeEvent,
};

use super::requests::{Fault, answer};
use super::{CLAIMS, FUNCTIONS, JOURNAL, LAYOUT, LOCATION, PAYLOADS, RESULTS, layout1};
use crate::describe::describe;
use crate::sleep;

/// A database that does not open within this time is treated as absent.
const OPEN_WITHIN: Duration = Duration::from_secs(5);

/// The database of one name, as long as the browser leaves it open, and again when it is next used.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    name: Rc<str>,
    open: Rc<RefCell<Option<IdbDatabase>>>,
    /// How often the browser has closed it.
    closings: Rc<Cell<u32>>,
}

impl Connection {
    /// The database's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// How often the browser has closed it: deleted, made anew by a newer version of the site, or lost.
    pub(super) fn closings(&self) -> u32 {
        self.closings.get()
    }

    /// Opens the database of this name, makes it if there is none, and brings one of an older layout to today's.
    pub(crate) async fn open(name: &str) -> Result<Self, StoreError> {
        let connection = Self {
            name: name.into(),
            open: Rc::default(),
            closings: Rc::default(),
        };
        connection.database().await?;
        Ok(connection)
    }

    /// Carries out an operation. If the connection is lost, all of it is carried out once more over a new one.
    pub(super) async fn carry_out<T>(
        &self,
        operation: impl AsyncFn(&IdbDatabase) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let database = self.database().await?;
        match operation(&database).await {
            Err(Fault::Lost(_)) => {}
            done => return Ok(done?),
        }
        database.close();
        self.open.borrow_mut().take();
        let database = self.database().await?;
        Ok(operation(&database).await?)
    }

    async fn database(&self) -> Result<IdbDatabase, StoreError> {
        let open_now = self.open.borrow().clone();
        if let Some(database) = open_now {
            return Ok(database);
        }
        let database = open(&self.name).await?;
        // Another tab that deletes or upgrades the database must not wait for us; the next use opens it again.
        let (cell, of) = (Rc::clone(&self.open), database.clone());
        let closings = Rc::clone(&self.closings);
        let gone = Closure::<dyn FnMut()>::new(move || {
            closings.set(closings.get().wrapping_add(1));
            of.close();
            cell.borrow_mut().take_if(|database| *database == of);
        })
        .into_js_value();
        database.set_onversionchange(Some(gone.unchecked_ref()));
        database.set_onclose(Some(gone.unchecked_ref()));
        *self.open.borrow_mut() = Some(database.clone());
        Ok(database)
    }
}

fn unavailable(thrown: &JsValue) -> StoreError {
    StoreError::Unavailable(describe(thrown))
}

fn factory() -> Result<IdbFactory, StoreError> {
    Reflect::get(&js_sys::global(), &"indexedDB".into())
        .map_err(|thrown| unavailable(&thrown))?
        .dyn_into()
        .map_err(|_| StoreError::Unavailable("there is no IndexedDB here".to_owned()))
}

async fn open(name: &str) -> Result<IdbDatabase, StoreError> {
    let factory = factory()?;
    let request = factory
        .open_with_u32(name, LAYOUT)
        .map_err(|thrown| unavailable(&thrown))?;
    let upgrade = {
        let request = request.clone();
        Closure::once_into_js(move |event: IdbVersionChangeEvent| upgrade(&request, &event))
    };
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    let (tell, blocked) = oneshot::channel();
    let is_blocked = Closure::once_into_js(move || {
        let _ = tell.send(());
    });
    request.set_onblocked(Some(is_blocked.unchecked_ref()));

    let opening = core::pin::pin!(answer(request.clone().into()));
    match select(opening, core::pin::pin!(sleep(OPEN_WITHIN))).await {
        Either::Left((Ok(opened), _)) => opened
            .dyn_into()
            .map_err(|_| StoreError::Unavailable("IndexedDB opened something else".to_owned())),
        Either::Left((Err(fault), _)) => {
            let error = request.error().ok().flatten();
            if error.is_some_and(|error: DomException| error.name() == "VersionError") {
                return Err(newer(&factory, name).await);
            }
            Err(match StoreError::from(fault) {
                StoreError::Failed(why) => StoreError::Unavailable(why),
                other => other,
            })
        }
        Either::Right(..) => {
            // Should it open after all, nobody waits for it any more, and it must not be in anybody's way.
            let late = request.clone();
            let close = Closure::once_into_js(move || {
                if let Ok(Ok(database)) = late.result().map(JsCast::dyn_into::<IdbDatabase>) {
                    database.close();
                }
            });
            request.set_onsuccess(Some(close.unchecked_ref()));
            let mut blocked = blocked;
            let why = if matches!(blocked.try_recv(), Ok(Some(()))) {
                "another tab keeps an older version of it open"
            } else {
                "IndexedDB does not answer"
            };
            Err(StoreError::Unavailable(why.to_owned()))
        }
    }
}

/// The error for a database whose layout is newer than the one that is known here.
async fn newer(factory: &IdbFactory, name: &str) -> StoreError {
    let opened = match factory.open(name) {
        Ok(request) => answer(request.into()).await.ok(),
        Err(_) => None,
    };
    let layout = opened
        .and_then(|opened| opened.dyn_into::<IdbDatabase>().ok())
        .map_or(LAYOUT + 1, |database| {
            let version = database.version();
            database.close();
            version as u32
        });
    StoreError::Newer {
        layout,
        known: LAYOUT,
    }
}

fn upgrade(request: &IdbOpenDbRequest, event: &IdbVersionChangeEvent) {
    let Some(transaction) = request.transaction() else {
        return;
    };
    let Ok(Ok(database)) = request.result().map(JsCast::dyn_into::<IdbDatabase>) else {
        return;
    };
    let before = event.old_version() as u32;
    if create(&database, before).is_err() {
        let _ = transaction.abort();
        return;
    }
    if before == 1 {
        spawn_local(async move {
            if layout1::migrate(&database, &transaction).await.is_err() {
                // What was there stays as it was.
                let _ = transaction.abort();
            }
        });
    }
}

fn create(database: &IdbDatabase, before: u32) -> Result<(), JsValue> {
    if before == 0 {
        database.create_object_store(RESULTS)?;
    }
    for name in [PAYLOADS, FUNCTIONS, CLAIMS] {
        database.create_object_store(name)?;
    }
    let numbered = IdbObjectStoreParameters::new();
    numbered.set_auto_increment(true);
    database
        .create_object_store_with_optional_parameters(JOURNAL, &numbered)?
        .create_index_with_str(LOCATION, LOCATION)?;
    Ok(())
}
