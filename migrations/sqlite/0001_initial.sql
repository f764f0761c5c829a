-- Teams, their people, their tenants and mappings, sessions, and the audit log.
-- The same tables, columns and indexes stand in the other database's folder; a test compares the two.

create table team (
    id blob not null primary key,
    name text not null,
    created_at bigint not null,
    -- the version of the team's newest tenant registration: it goes on counting when the registration is gone
    tenant_version bigint not null default 0
);

create table user_account (
    id blob not null primary key,
    team_id blob not null references team (id),
    name text not null,
    email text,
    created_at bigint not null
);
-- unique, so that everything about a user can name the team as well, and never another one's
create unique index user_account_by_team on user_account (team_id, id);

create table member (
    team_id blob not null references team (id),
    user_id blob not null,
    role text not null check (role in ('owner', 'admin', 'operator', 'member', 'auditor', 'viewer')),
    role_source text not null
        check (role_source in ('owner', 'manual', 'default', 'invitation') or role_source like 'group:%'),
    standing text not null check (standing in ('active', 'suspended')),
    guest boolean not null,
    last_sign_in bigint,
    primary key (team_id, user_id),
    foreign key (team_id, user_id) references user_account (team_id, id),
    -- owner is made explicitly, never by a group, an invitation or the default
    check ((role = 'owner') = (role_source = 'owner'))
);
create unique index member_by_user on member (user_id);
create index member_by_role on member (team_id, role);

-- What the last sign-in with Microsoft read about a member's groups: from where, and which mappings matched.
create table member_groups (
    team_id blob not null,
    user_id blob not null,
    read_at bigint not null,
    read_from text not null
        check (read_from in ('token', 'graph', 'graph_pages', 'graph_application')),
    -- ids of mappings, separated by commas
    matched text not null,
    -- the newest sign-in, when it could not read them and left the role as it was
    unread_at bigint,
    primary key (team_id, user_id),
    foreign key (team_id, user_id) references member (team_id, user_id)
);

-- Who somebody is at Microsoft: the tenant and the object in it.
create table identity (
    tid blob not null,
    oid blob not null,
    team_id blob not null,
    user_id blob not null,
    subject text not null,
    created_at bigint not null,
    primary key (tid, oid),
    foreign key (team_id, user_id) references user_account (team_id, id)
);
create index identity_by_user on identity (team_id, user_id);

create table credential (
    user_id blob not null primary key,
    team_id blob not null,
    email text not null,
    password_hash text not null,
    changed_at bigint not null,
    foreign key (team_id, user_id) references user_account (team_id, id)
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
    -- who proved it, as a name then
    verified_by_name text,
    -- a verified domain of the tenant, once one is known
    domain text,
    -- what the newest look at the application's own access found, and when
    consent text check (consent in ('approved', 'partly', 'missing')),
    consent_at bigint,
    -- whether the newest sign-in came with delegated permission to read all of one's own groups, and when
    delegated_groups boolean,
    delegated_groups_at bigint,
    -- when somebody of the tenant last signed in with Microsoft
    last_sign_in bigint,
    saved_by_name text,
    saved_at bigint not null,
    version bigint not null,
    check ((verified_by is null) = (verified_at is null)),
    check ((consent is null) = (consent_at is null)),
    check ((delegated_groups is null) = (delegated_groups_at is null))
);
create unique index tenant_registration_by_team on tenant_registration (team_id);
create unique index tenant_registration_by_tenant on tenant_registration (tenant_id);

-- The newest connection test of a team, of whichever tenant it was.
create table connection_test (
    team_id blob not null primary key references team (id),
    tenant_id blob,
    at bigint not null,
    by_name text not null,
    reference text not null,
    -- the steps and what was found, as JSON
    steps text not null
);

-- What of a tenant's directory could be read for the team, and from when on Microsoft has refused it for want of a permission.
create table directory_reading (
    team_id blob not null references team (id),
    -- what was read of one tenant says nothing about another
    tenant_id blob not null,
    feature text not null check (feature in ('group_search', 'group_members')),
    worked_at bigint,
    refused_since bigint,
    primary key (team_id, feature)
);

create table group_mapping (
    id blob not null primary key,
    team_id blob not null references team (id),
    group_id blob not null,
    group_name text,
    role text not null check (role in ('admin', 'operator', 'member', 'auditor', 'viewer')),
    priority bigint not null check (priority between 0 and 100),
    version bigint not null,
    changed_by_name text,
    changed_at bigint not null,
    -- what Microsoft said of the group when it was last looked at
    checked_at bigint,
    found boolean,
    group_kind text check (group_kind in ('security', 'mail_enabled_security', 'microsoft_365', 'not_security')),
    -- its name before it was renamed there, until the mapping is saved again
    renamed_from text,
    -- people in it, those of them who have an account here, and whether it decides the role of anybody
    members_read_at bigint,
    people bigint,
    signed_up bigint,
    decides boolean,
    check ((checked_at is null) = (found is null)),
    check ((members_read_at is null) = (people is null))
);
create unique index group_mapping_by_group on group_mapping (team_id, group_id);

create table session (
    id blob not null primary key,
    team_id blob not null,
    user_id blob not null,
    token_hash blob not null check (length(token_hash) = 32),
    method text not null check (method in ('sso', 'password', 'recovery')),
    tid blob,
    oid blob,
    microsoft_sid text,
    began_at bigint not null,
    touched_at bigint not null,
    foreign key (team_id, user_id) references user_account (team_id, id),
    check ((tid is null) = (oid is null))
);
create unique index session_by_token on session (token_hash);
create index session_by_tenant on session (team_id, tid);
create index session_by_microsoft_sid on session (microsoft_sid);
create index session_by_use on session (touched_at);
create index session_by_start on session (began_at);

-- What a form or a step held, for the page that the browser is sent to next: for one session, and for minutes.
create table kept_form (
    id blob not null primary key,
    team_id blob not null references team (id),
    session_id blob not null,
    -- as JSON
    content text not null,
    expires_at bigint not null
);
create index kept_form_by_age on kept_form (expires_at);

-- Attempts to sign in that were used, until nothing could use them again anyway.
create table burnt_attempt (
    id blob not null primary key,
    expires_at bigint not null
);
create index burnt_attempt_by_age on burnt_attempt (expires_at);

-- Wrong passwords in a row, for an address that was tried (known or not) or for a device that is known. The key is a
-- hash, so that what somebody typed is not kept.
create table password_failure (
    key blob not null primary key check (length(key) = 32),
    failures bigint not null check (failures > 0),
    blocked_until bigint not null,
    forgotten_at bigint not null
);
create index password_failure_by_age on password_failure (forgotten_at);

-- The operator's way in for one person: used once, and gone then.
create table recovery_link (
    id blob not null primary key,
    team_id blob not null,
    user_id blob not null,
    token_hash blob not null check (length(token_hash) = 32),
    expires_at bigint not null,
    foreign key (team_id, user_id) references user_account (team_id, id)
);
create unique index recovery_link_by_token on recovery_link (token_hash);
create unique index recovery_link_by_user on recovery_link (team_id, user_id);
create index recovery_link_by_age on recovery_link (expires_at);

-- One person's way into the team: until it is accepted, revoked or has expired.
create table invitation (
    id blob not null primary key,
    team_id blob not null references team (id),
    token_hash blob not null check (length(token_hash) = 32),
    -- the token itself, sealed, until it was sent or shown
    sealed_token text,
    role text not null check (role in ('owner', 'admin', 'operator', 'member', 'auditor', 'viewer')),
    -- the mapping of the group it was made from; it may be gone by now
    mapping_id blob,
    -- the one identity at Microsoft that it is for
    tid blob,
    oid blob,
    -- the account that exists already and waits for its person: a team's first owner
    user_id blob,
    name text,
    email text,
    -- nobody, when the platform's operator made it
    invited_by blob,
    invited_by_name text,
    made_at bigint not null,
    expires_at bigint not null,
    state text not null check (state in ('pending', 'accepted', 'revoked', 'expired')),
    ended_at bigint,
    accepted_by blob,
    foreign key (team_id, user_id) references user_account (team_id, id),
    foreign key (team_id, invited_by) references user_account (team_id, id),
    foreign key (team_id, accepted_by) references user_account (team_id, id),
    check ((tid is null) = (oid is null)),
    check (oid is not null or email is not null),
    check ((role = 'owner') = (user_id is not null)),
    check ((state = 'pending') = (ended_at is null)),
    check ((state = 'accepted') = (accepted_by is not null))
);
create unique index invitation_by_token on invitation (token_hash);
create unique index invitation_pending_by_identity on invitation (team_id, tid, oid) where state = 'pending';
create unique index invitation_pending_by_email on invitation (team_id, email) where state = 'pending' and oid is null;
create index invitation_by_team on invitation (team_id, id);
create index invitation_pending_by_mapping on invitation (team_id, mapping_id) where state = 'pending';
create index invitation_pending_by_age on invitation (expires_at) where state = 'pending';

-- Inviting many people of a group with one action.
create table invitation_job (
    id blob not null primary key,
    team_id blob not null references team (id),
    mapping_id blob not null,
    -- the form's own key: the same form sent twice is one job
    key text not null,
    group_name text,
    tid blob not null,
    role text not null check (role in ('admin', 'operator', 'member', 'auditor', 'viewer')),
    -- whether invitations are mailed; otherwise their links are shown
    mailed boolean not null,
    started_by blob not null,
    started_by_name text not null,
    started_by_email text,
    started_at bigint not null,
    state text not null check (state in ('running', 'stopped', 'finished')),
    -- when the last person was done, stopped or not
    ended_at bigint,
    total bigint not null,
    foreign key (team_id, started_by) references user_account (team_id, id),
    check (state <> 'finished' or ended_at is not null)
);
create unique index invitation_job_by_key on invitation_job (team_id, key);
create unique index invitation_job_by_team on invitation_job (team_id, id);
create index invitation_job_open on invitation_job (id) where ended_at is null;

-- Each person of such a job, and how it went.
create table invitation_row (
    job_id blob not null,
    place bigint not null,
    team_id blob not null,
    oid blob not null,
    name text,
    email text,
    invitation_id blob references invitation (id),
    outcome text not null check (outcome in ('waiting', 'sending', 'sent', 'failed', 'skipped')),
    -- why it was skipped or failed; of somebody who waits, why the newest try came to nothing
    reason text,
    -- nobody takes it up before: it is in somebody's hands, or pauses
    held_until bigint not null,
    -- whose hands those are
    lease blob,
    attempts bigint not null,
    primary key (job_id, place),
    foreign key (team_id, job_id) references invitation_job (team_id, id)
);
create unique index invitation_row_by_identity on invitation_row (job_id, oid);
create index invitation_row_open on invitation_row (job_id, held_until, place) where outcome in ('waiting', 'sending');
create index invitation_row_by_outcome on invitation_row (job_id, outcome, place);

-- The newest link of each chain. Chains are named by their team, or 'platform'.
create table audit_chain (
    chain text not null primary key,
    team_id blob references team (id),
    sequence bigint not null,
    hash blob not null check (length(hash) = 32)
);
create unique index audit_chain_by_team on audit_chain (team_id);

create table audit_event (
    id blob not null primary key,
    chain text not null references audit_chain (chain),
    sequence bigint not null check (sequence > 0),
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
    hash blob not null check (length(hash) = 32)
);
create unique index audit_event_by_place on audit_event (chain, sequence);
create index audit_event_by_time on audit_event (at, chain, sequence);
create index audit_event_by_chain_time on audit_event (chain, at, sequence);
create index audit_event_by_outcome on audit_event (chain, action, outcome, sequence);
