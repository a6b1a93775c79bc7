//! Locks among all tabs and workers of this site: Web Locks, and leases in the database where the browser has none.

mod alone;
mod leases;

use core::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::join_all;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};

use self::alone::{Alone, OwnLock};
use self::leases::{Lease, Leases};
use crate::{AnyStore, IndexedDb};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request, catch)]
    fn request_lock(name: &str, options: &Object, granted: &Function) -> Result<Promise, JsValue>;
}

/// A lock that this worker has, until it is dropped or the worker is gone.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "dropping it is what releases the lock")] Held);

#[derive(Debug)]
enum Held {
    Web(#[expect(dead_code, reason = "dropped")] WebLock),
    Leased(#[expect(dead_code, reason = "dropped")] Lease),
    Own(#[expect(dead_code, reason = "dropped")] OwnLock),
    /// Nobody could be kept away.
    Freely,
}

#[derive(Debug)]
struct WebLock(Option<Function>);

impl Drop for WebLock {
    fn drop(&mut self) {
        if let Some(release) = &self.0 {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

thread_local! {
    /// Takes the reason why a request came to nothing, as when the page goes, and tells nobody.
    static UNHEARD: Closure<dyn FnMut(JsValue)> = Closure::new(|_| {});
}

/// How a request for a Web Lock went.
enum Asked {
    Granted(Lock),
    Refused,
    /// The browser has no locks.
    Impossible,
}

/// Asks for a Web Lock with these options. The request is made now, not when this is first awaited.
fn ask(name: &str, options: &[(&str, JsValue)]) -> impl Future<Output = Asked> + use<> {
    let (told, hears) = oneshot::channel();
    let told = RefCell::new(Some(told));
    let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
        let release: Rc<RefCell<Option<Function>>> = Rc::default();
        let kept = Rc::clone(&release);
        // The lock is held until this promise is kept.
        let held = Promise::new(&mut |resolve, _| *kept.borrow_mut() = Some(resolve));
        let (answer, result) = if lock.is_null() {
            (Asked::Refused, JsValue::UNDEFINED)
        } else {
            let lock = Lock(Held::Web(WebLock(release.take())));
            (Asked::Granted(lock), held.into())
        };
        if let Some(told) = told.take() {
            // If nobody waits any more, the lock is dropped here, and released.
            let _ = told.send(answer);
        }
        result
    });
    let bag = Object::new();
    let asked = options
        .iter()
        .try_for_each(|(name, value)| Reflect::set(&bag, &(*name).into(), value).map(drop))
        .and_then(|()| request_lock(name, &bag, granted.unchecked_ref()));
    async move {
        match asked {
            // A request that is rejected (the page is going) drops the closure, and with it the sender.
            Ok(promise) => {
                UNHEARD.with(|unheard| drop(promise.catch(unheard)));
                hears.await.unwrap_or(Asked::Impossible)
            }
            Err(_) => Asked::Impossible,
        }
    }
}

/// Takes the lock of that name, or gives nothing if somebody else has it. Where the browser has no locks, everybody gets
/// one.
pub async fn try_lock(name: &str) -> Option<Lock> {
    match ask(name, &[("ifAvailable", JsValue::TRUE)]).await {
        Asked::Granted(lock) => Some(lock),
        Asked::Refused => None,
        Asked::Impossible => Some(Lock(Held::Freely)),
    }
}

/// Takes the lock of that name, and nothing where there are no locks.
pub(crate) async fn try_alone(name: &str) -> Option<Lock> {
    match ask(name, &[("ifAvailable", JsValue::TRUE)]).await {
        Asked::Granted(lock) => Some(lock),
        Asked::Refused | Asked::Impossible => None,
    }
}

/// Waits for the lock of that name, which others who share it may have at the same time; nothing where there are no locks.
pub(crate) async fn share(name: &str) -> Option<Lock> {
    match ask(name, &[("mode", "shared".into())]).await {
        Asked::Granted(lock) => Some(lock),
        Asked::Refused | Asked::Impossible => None,
    }
}

/// The locks of those who share a store.
#[derive(Debug)]
pub struct Locks(Kind);

#[derive(Debug)]
enum Kind {
    /// Web Locks, while somebody else is there.
    Web(Alone),
    Leases(Leases),
    /// Nobody else can see the store.
    Free,
}

impl Locks {
    /// The locks of this store: Web Locks; where the browser has none, leases in the store if it is a database. Without
    /// either everybody gets every lock: no other tab sees what is in this page's memory, and in localStorage the worst is
    /// that two tabs compute the same.
    pub fn of(store: &AnyStore) -> Self {
        match store {
            AnyStore::IndexedDb(database) => Self::of_database(database),
            AnyStore::LocalStorage(_) if has_web_locks() => {
                Self(Kind::Web(Alone::begin("joblet/localstorage")))
            }
            _ => Self(Kind::Free),
        }
    }

    /// The locks of the store in this database.
    pub fn of_database(database: &IndexedDb) -> Self {
        Self(if has_web_locks() {
            let name = format!("joblet/database/{}", database.name());
            Kind::Web(Alone::begin(&name))
        } else {
            Kind::Leases(Leases::new(database.connection().clone()))
        })
    }

    /// Whether these are Web Locks, and not leases.
    pub const fn are_web_locks(&self) -> bool {
        matches!(self.0, Kind::Web(_))
    }
}

fn has_web_locks() -> bool {
    Reflect::get(&js_sys::global(), &"navigator".into())
        .and_then(|navigator| Reflect::get(&navigator, &"locks".into()))
        .is_ok_and(|locks| locks.is_object())
}

impl memory::Locks for Locks {
    type Lock = Lock;

    async fn try_lock(&self, names: &[String]) -> Vec<Option<Lock>> {
        match &self.0 {
            Kind::Web(alone) => {
                alone.settled().await;
                let own = names.iter().map(|name| alone.try_own(name));
                if let Ok(locks) = own.collect::<Result<Vec<_>, ()>>() {
                    let own = |lock: Option<OwnLock>| lock.map(|lock| Lock(Held::Own(lock)));
                    return locks.into_iter().map(own).collect();
                }
                join_all(names.iter().map(|name| try_lock(name))).await
            }
            Kind::Leases(leases) => leases
                .try_take(names)
                .await
                .into_iter()
                .map(|lease| lease.map(|lease| Lock(Held::Leased(lease))))
                .collect(),
            Kind::Free => names.iter().map(|_| Some(Lock(Held::Freely))).collect(),
        }
    }

    async fn lock(&self, name: &str) -> Lock {
        match &self.0 {
            Kind::Web(alone) => {
                alone.settled().await;
                match alone.try_own(name) {
                    Ok(Some(own)) => return Lock(Held::Own(own)),
                    Ok(None) => alone.make_real(name).await,
                    Err(()) => {}
                }
                match ask(name, &[]).await {
                    Asked::Granted(lock) => lock,
                    Asked::Refused | Asked::Impossible => Lock(Held::Freely),
                }
            }
            Kind::Leases(leases) => Lock(Held::Leased(leases.take(name).await)),
            Kind::Free => Lock(Held::Freely),
        }
    }

    fn is_alone(&self) -> bool {
        match &self.0 {
            Kind::Web(alone) => alone.is_alone(),
            Kind::Leases(_) => false,
            Kind::Free => true,
        }
    }
}
