//! Cases that run as tests of their own, and as which.

/// Cases that run, but as tests of their own: they need a server of their own make, or another door. The test's
/// name is its path in `tests/it`.
pub(crate) const ELSEWHERE: &[(&str, &str)] = &[
    ("password::guesses::nobody_learns_who_has_an_account", "PWD-002"),
    ("password::only_the_exact_password_works", "PWD-004"),
    (
        "password::guesses::the_wait_grows_and_the_right_password_waits_too",
        "PWD-009",
    ),
    (
        "password::guesses::who_was_here_before_is_not_kept_out_by_guesses_from_elsewhere",
        "PWD-010",
    ),
    (
        "limits::many_addresses_tried_from_one_place_are_stopped",
        "PWD-011",
    ),
    (
        "password::guesses::fifty_guesses_at_one_moment_are_one_guess",
        "PWD-012",
    ),
    (
        "password::load::an_old_hash_is_made_stronger_at_the_next_sign_in",
        "PWD-014",
    ),
    (
        "password::load::clients_that_hang_up_at_once_get_two_hashes_at_a_time",
        "PWD-016",
    ),
    (
        "password::load::a_damaged_hash_is_refused_and_recorded",
        "PWD-017",
    ),
    (
        "password::a_server_for_microsoft_alone_takes_no_password",
        "PWD-018 P278",
    ),
    ("password::the_form_keeps_a_password_to_itself", "PWD-021"),
    ("password::another_site_cannot_send_the_form", "CSR-007"),
    ("recovery::a_link_is_looked_at_often_and_used_once", "P277"),
    ("storage::verify::a_missing_event_is_found", "AUD-004"),
    (
        "storage::work::many_writers_make_one_chain_without_gaps",
        "AUD-006",
    ),
    (
        "storage::connection::servers_that_start_together_migrate_once",
        "DBF-012",
    ),
    (
        "storage::connection::a_database_that_is_not_there_is_no_surprise",
        "DBF-007",
    ),
    (
        "two_servers::a_first_sign_in_on_both_at_once_makes_one_user",
        "DBF-010",
    ),
    ("two_servers::what_begins_on_one_ends_on_the_other", "FLT-001"),
    (
        "proxy::without_https_nothing_is_answered_and_no_cookie_is_set",
        "HST-004",
    ),
    ("canary::no_secret_is_found_anywhere", "AUD-007"),
    ("slow::a_body_that_does_not_come_is_not_waited_for", "FLT-006"),
    (
        "src::entra::membership::tests::a_graph_that_is_down_is_an_error_in_bounded_time",
        "GRF-004 GRF-006 GRF-007 GRF-008",
    ),
    (
        "invitation::accept::looking_uses_nothing_up_and_the_button_does_once",
        "INV-009",
    ),
    (
        "invitation::accept::revoked_expired_and_unknown_links_say_so",
        "INV-003 P072",
    ),
    (
        "invitation::accept::an_invitation_from_a_group_is_for_exactly_one_identity",
        "INV-007",
    ),
    (
        "invitation::accept::what_stands_behind_an_invitation_is_looked_at_when_it_is_accepted",
        "INV-005",
    ),
    (
        "invitation::accept::without_microsoft_the_page_says_whom_to_ask",
        "INV-018",
    ),
    (
        "invitation::accept::whoever_signs_in_the_usual_way_accepts_too",
        "P284",
    ),
    (
        "invitation::bulk::chosen_people_are_looked_up_again_and_skipped_with_a_reason",
        "INV-004 INV-014",
    ),
    (
        "invitation::bulk::what_microsoft_gives_by_halves_invites_nobody",
        "INV-013",
    ),
    (
        "invitation::delivery::a_mail_server_that_is_away_delays_and_fails_nobody",
        "FLT-009",
    ),
    (
        "invitation::links::a_thousand_links_are_distinct_and_stored_as_hashes",
        "INV-008",
    ),
    (
        "invitation::one::an_address_of_the_teams_own_tenant_joins_with_the_role",
        "P268",
    ),
    ("group_members::flood::searches_end_in_429", "GRF-031"),
    ("invitation::one::guessing_links_ends_in_429", "INV-010"),
    ("src::entra::membership::tests::half_an_answer_is_none", "GRF-009"),
    (
        "src::entra::membership::tests::ways::the_token_goes_to_no_other_host_and_the_list_has_an_end",
        "GRF-012 GRF-013",
    ),
    (
        "src::entra::membership::tests::ways::tokens_are_renewed_before_they_end_and_never_mix",
        "GRF-025",
    ),
    (
        "src::entra::graph::tests::a_throttled_page_waits_as_long_as_it_says",
        "GRF-001",
    ),
    (
        "src::entra::application::tests::a_refused_token_is_dropped_and_renewed_once_in_the_middle_of_a_list",
        "GRF-022",
    ),
    (
        "src::entra::application::tests::a_test_always_asks_anew_and_a_token_without_rights_is_kept_for_a_minute",
        "P214",
    ),
    (
        "src::entra::directory::tests::a_search_is_one_literal_whatever_was_typed",
        "GRF-029",
    ),
    (
        "src::entra::directory::tests::an_organization_is_the_one_asked_for_or_an_error",
        "TNT-020",
    ),
    ("directory::a_team_reads_its_own_directory_and_no_other", "P213"),
    ("busy::hours_without_microsoft", "FLT-004"),
    (
        "busy::sign_ins_and_changes_at_once_wait_for_each_other_and_none_fails",
        "DBF-002",
    ),
    ("entra::faults::discovery_is_not_led_elsewhere", "DSC-001 DSC-005"),
    (
        "src::entra::tests::the_start_of_a_sign_in_asks_once_whether_microsoft_is_there",
        "DSC-003",
    ),
    (
        "entra::faults::a_microsoft_that_fails_is_unreachable_and_comes_back",
        "DSC-010",
    ),
    (
        "src::entra::tenants::tests::the_last_known_good_stays_for_a_day",
        "DSC-004 DSC-009",
    ),
    (
        "entra::keys_are_rotated_without_anybody_noticing",
        "DSC-006 DSC-012 P258",
    ),
    ("src::entra::keys::tests::a_huge_set_is_an_error", "DSC-014"),
    (
        "src::entra::tenants::tests::old_keys_are_refreshed_after_an_hour",
        "DSC-016",
    ),
    (
        "src::entra::flow::tests::a_huge_answer_is_a_huge_token",
        "FLW-029",
    ),
    (
        "src::entra::flow::tests::a_host_that_does_not_answer_is_unreachable",
        "FLW-028",
    ),
    (
        "src::entra::keys::tests::a_token_without_a_name_means_the_only_key",
        "TOK-068",
    ),
    (
        "storage::connection::a_held_lock_ends_the_wait_and_not_the_server",
        "DBF-001",
    ),
    (
        "credentials::a_federated_token_goes_alone_and_is_read_anew_for_each_request",
        "P096",
    ),
    ("web::stopping_lets_a_running_request_finish", "FLT-003"),
    (
        "tenant::purpose::a_state_counts_for_nothing_else_than_it_was_made_for",
        "FLW-025",
    ),
    (
        "tenant::a_team_connects_its_tenant_and_colleagues_sign_in_at_once",
        "TNT-001",
    ),
    ("tenant::purpose::a_forged_approval_binds_nothing", "TNT-002"),
    (
        "tenant::purpose::a_return_counts_in_the_session_that_began_it",
        "TNT-004 P233",
    ),
    ("tenant::proof::forged_consent_returns_change_nothing", "TNT-005"),
    ("tenant::prover::a_working_token_is_no_proof", "TNT-006"),
    (
        "tenant::prover::only_a_role_in_the_list_of_roles_makes_a_directory_administrator",
        "TNT-007 TNT-009",
    ),
    ("tenant::prover::a_guest_with_a_role_is_still_a_guest", "TNT-008"),
    (
        "tenant::prover::a_token_of_another_tenant_proves_nothing",
        "TNT-010",
    ),
    (
        "tenant::purpose::nobody_proves_a_tenant_for_somebody_else",
        "TNT-011",
    ),
    (
        "tenant::prover::a_proof_gives_way_to_a_stronger_one_alone",
        "TNT-013",
    ),
    (
        "tenant::prover::another_teams_administrator_cannot_use_a_proof",
        "TNT-017 P234",
    ),
    (
        "tenant::leaving::a_tenant_that_is_disconnected_takes_everything_along",
        "TNT-018",
    ),
    (
        "tenant::leaving::an_approval_that_is_taken_back_takes_nothing_else_along",
        "TNT-019",
    ),
    (
        "tenant::purpose::a_proof_counts_once_and_not_for_long",
        "TNT-021 P076",
    ),
    (
        "tenant::failures::find::a_tenant_of_another_cloud_is_named_and_no_secret_is_sent",
        "TNT-023 P079",
    ),
    (
        "tenant::failures::find::a_document_that_does_not_come_says_nothing_of_the_tenant",
        "P078 P080 P082",
    ),
    (
        "tenant::failures::hang::a_document_that_does_not_come_in_time_says_nothing_of_the_tenant",
        "P081",
    ),
    (
        "tenant::failures::token::a_wrong_and_an_expired_credential_are_told_apart",
        "GRF-026 P235",
    ),
    (
        "tenant::leaving::a_test_changes_nothing_but_what_is_known",
        "P231",
    ),
    (
        "mapping::cases::a_role_of_a_group_goes_with_the_group_and_one_set_by_hand_stays",
        "P179 P180 P181 P182 P184 P185 P209 P253 P254",
    ),
    ("mapping::cases::no_spelling_makes_an_owner_of_a_group", "RBC-004"),
    ("mapping::another_teams_mapping_is_not_there", "RBC-014"),
    (
        "mapping::cases::a_lower_role_finds_nothing_and_asks_nothing",
        "GRF-032 RBC-003",
    ),
    (
        "mapping::cases::another_permission_does_not_open_the_search",
        "GRF-039",
    ),
    (
        "mapping::cases::a_list_that_fails_on_a_late_page_takes_no_role_away",
        "GRF-016 P216",
    ),
    (
        "mapping::cases::a_role_that_is_taken_away_acts_at_the_next_click_on_every_server",
        "SES-012",
    ),
    (
        "mapping::preview::a_preview_names_who_changes_and_who_does_not",
        "P242",
    ),
    ("anonymous::the_guards_refuse_by_themselves", "CSR-010"),
    (
        "invitation::directory::people_alone_are_invited_and_each_other_is_counted",
        "GRF-018 GRF-021 P238",
    ),
    (
        "invitation::directory::who_is_withheld_stays_and_is_not_invited",
        "GRF-019",
    ),
    (
        "invitation::directory::no_name_of_the_directory_breaks_anything",
        "GRF-034",
    ),
    (
        "invitation::killed::killed_twenty_times_everybody_has_one_invitation_and_a_mail",
        "GRF-035",
    ),
    (
        "invitation::shared::who_is_killed_loses_its_turns_to_the_other",
        "GRF-036",
    ),
    (
        "invitation::directory::a_mapping_that_changes_meanwhile_counts_as_it_is_then",
        "RBC-013",
    ),
    (
        "permitted::every_call_answers_each_role_as_the_table_says",
        "RBC-001 RBC-010",
    ),
    (
        "group_members::large::a_place_is_good_for_its_own_list_alone",
        "INP-002",
    ),
    ("overage::a_known_person_keeps_the_role_for_a_day", "P045"),
];

/// The test as which a case runs, when that is not in a table here.
pub(crate) fn elsewhere(id: &str) -> Option<&'static str> {
    ELSEWHERE
        .iter()
        .find(|(_, ids)| ids.split_whitespace().any(|known| known == id))
        .map(|(test, _)| *test)
}
