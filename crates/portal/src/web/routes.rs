//! Routes with their access rule: a route cannot be registered without one (checklist 7.1).

use crate::app::App;
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
    /// Everybody, in demonstration mode only; elsewhere the route does not exist.
    Demo,
}

/// One row of the access table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// `GET` or `POST`.
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

    fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        access: Access,
        handler: MethodRouter<App>,
    ) -> Routes {
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
