//! Routes with their access rule: a route cannot be registered without one (checklist 7.1).

use crate::app::App;
use crate::staff::Right;
use crate::staff::web::gate;
use axum::Router;
use axum::handler::Handler;
use axum::routing::{self, MethodRouter};

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Anyone,
    /// People who are signed in; others are sent to the sign-in page.
    SignedIn,
    /// Programs that prove who they are by a signature of their own: no form, no session, no page.
    Program,
    /// Everybody, in demonstration mode only; elsewhere the route does not exist.
    Demo,
    /// Members of staff who are signed in, before their session at the workplace; for others the route does not exist.
    Member,
    /// Members of staff with a session at the workplace and a role that has this right.
    Staff(Right),
}

/// One row of the access table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// `GET` or `POST`; for uploads by pieces also `HEAD`, `PATCH`, `DELETE` and `OPTIONS`.
    pub method: &'static str,
    /// The path with its parameters.
    pub path: &'static str,
    /// The rule.
    pub access: Access,
}

/// Collects routes and their rows.
#[derive(Default)]
pub struct Routes {
    router: Router<App>,
    rows: Vec<Row>,
}

impl Routes {
    /// A page.
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("GET", path, access, routing::get(handler))
    }

    /// An act.
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("POST", path, access, routing::post(handler))
    }

    /// What a script of ours may ask about an address: what can be done there.
    pub fn options<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("OPTIONS", path, access, routing::options(handler))
    }

    /// What a script of ours asks about something without wanting it.
    pub fn head<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("HEAD", path, access, routing::head(handler))
    }

    /// A change of something, by a script of ours.
    pub fn patch<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("PATCH", path, access, routing::patch(handler))
    }

    /// An end of something, by a script of ours.
    pub fn delete<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes
    where
        H: Handler<T, App>,
        T: 'static,
    {
        self.add("DELETE", path, access, routing::delete(handler))
    }

    fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        access: Access,
        handler: MethodRouter<App>,
    ) -> Routes {
        // The workplace is guarded here, by the row itself, so that no handler can forget it.
        let handler = match access {
            Access::Member => gate::members_only(handler, None),
            Access::Staff(right) => gate::members_only(handler, Some(right)),
            Access::Anyone | Access::SignedIn | Access::Program | Access::Demo => handler,
        };
        self.rows.push(Row { method, path, access });
        self.router = self.router.route(path, handler);
        self
    }

    /// Puts a slice's routes beside these.
    pub fn and(mut self, other: Routes) -> Routes {
        self.rows.extend(other.rows);
        self.router = self.router.merge(other.router);
        self
    }

    /// The table, for the test that walks it.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The router.
    pub fn into_router(self) -> Router<App> {
        self.router
    }
}
