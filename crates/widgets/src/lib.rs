//! The labs: pure state machines whose view is HTML.
