-- The ids of client assertions used within their life, so that no replica takes one twice (RFC 7523, section 3, point 7).
-- A digest of client and id: fixed in size, and free of whatever a client may put into an id.
create table assertion_ids (
  digest bytea primary key,
  expires timestamptz not null
);
create index assertion_ids_expires on assertion_ids (expires);
