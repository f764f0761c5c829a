-- Teams, their people, their tenants and mappings, sessions, and the audit log.
-- The same tables, columns and indexes stand in the other database's folder; a test compares the two.

create table team (
    id blob not null primary key,
    name text not null,
    created_at bigint not null
);

create table user_account (
    id blob not null primary key,
    team_id blob not null references team (id),
    name text not null,
    email text,
    created_at bigint not null
);
create index user_account_by_team on user_account (team_id);

create table member (
    team_id blob not null references team (id),
    user_id blob not null references user_account (id),
    role text not null check (role in ('owner', 'admin', 'operator', 'member', 'auditor', 'viewer')),
    role_source text not null,
    standing text not null check (standing in ('active', 'suspended')),
    guest boolean not null,
    last_sign_in bigint,
    primary key (team_id, user_id),
    -- owner is made explicitly, never by a group, an invitation or the default
    check ((role = 'owner') = (role_source = 'owner'))
);
create unique index member_by_user on member (user_id);

-- Who somebody is at Microsoft: the tenant and the object in it.
create table identity (
    tid blob not null,
    oid blob not null,
    team_id blob not null references team (id),
    user_id blob not null references user_account (id),
    subject text not null,
    created_at bigint not null,
    primary key (tid, oid)
);
create index identity_by_user on identity (user_id);

create table credential (
    user_id blob not null primary key references user_account (id),
    team_id blob not null references team (id),
    email text not null,
    password_hash text not null,
    changed_at bigint not null
);
create unique index credential_by_email on credential (email);

create table tenant_registration (
    id blob not null primary key,
    team_id blob not null references team (id),
    tenant_id blob not null,
    enabled boolean not null,
    allow_guests boolean not null,
    verified_by text check (verified_by in ('member', 'directory_administrator', 'platform_administrator')),
    verified_at bigint,
    version bigint not null,
    check ((verified_by is null) = (verified_at is null))
);
create unique index tenant_registration_by_team on tenant_registration (team_id);
create unique index tenant_registration_by_tenant on tenant_registration (tenant_id);

create table group_mapping (
    id blob not null primary key,
    team_id blob not null references team (id),
    group_id blob not null,
    group_name text,
    role text not null check (role in ('admin', 'operator', 'member', 'auditor', 'viewer')),
    priority bigint not null check (priority between 0 and 100),
    version bigint not null
);
create unique index group_mapping_by_group on group_mapping (team_id, group_id);

create table session (
    id blob not null primary key,
    team_id blob not null references team (id),
    user_id blob not null references user_account (id),
    token_hash blob not null,
    method text not null check (method in ('sso', 'password', 'recovery')),
    tid blob,
    oid blob,
    microsoft_sid text,
    began_at bigint not null,
    touched_at bigint not null
);
create unique index session_by_token on session (token_hash);
create index session_by_tenant on session (team_id, tid);
create index session_by_microsoft_sid on session (microsoft_sid);
create index session_by_age on session (touched_at);

-- Attempts to sign in that were used, until nothing could use them again anyway.
create table burnt_attempt (
    id blob not null primary key,
    expires_at bigint not null
);
create index burnt_attempt_by_age on burnt_attempt (expires_at);

-- The newest link of each chain. Chains are named by their team, or 'platform'.
create table audit_chain (
    chain text not null primary key,
    sequence bigint not null,
    hash blob not null
);

create table audit_event (
    id blob not null primary key,
    chain text not null references audit_chain (chain),
    sequence bigint not null,
    team_id blob references team (id),
    at bigint not null,
    actor_kind text not null check (actor_kind in ('user', 'system', 'anonymous')),
    actor_id blob,
    actor_email text,
    action text not null,
    outcome text not null check (outcome in ('success', 'refused', 'failure')),
    reason text,
    target_kind text,
    target_id text,
    ip text,
    -- text on both databases: the bytes are hashed
    details text not null,
    hash blob not null
);
create unique index audit_event_by_place on audit_event (chain, sequence);
create index audit_event_by_time on audit_event (at, id);
