//! What crosses workers, cache and formats: values, parcels of bytes, digests.
