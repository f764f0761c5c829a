
  say() { printf '%s\n' "$*" >&2; }

  # Microsoft shows what was just written a little later.
  patiently() {
    local pause
    for pause in 2 4 8 16; do
      if "$@"; then return; fi
      sleep "$pause"
    done
    "$@"
  }

  consent=no new_secret=no
  for word in "$@"; do
    case $word in
      consent) consent=yes ;;
      new-secret) new_secret=yes ;;
      *) say "The words are consent and new-secret, not: $word"; exit 2 ;;
    esac
  done
  if ! command -v az > /dev/null; then
    say 'The Azure CLI is not installed: https://learn.microsoft.com/cli/azure/install-azure-cli'
    exit 1
  fi
  if ! tenant=$(az account show --query tenantId --output tsv); then
    say 'Sign in first: az login --allow-no-subscriptions'
    exit 1
  fi

  # 1.1 The app. az also finds names that only begin like this one; the query takes the very name.
  app_id=${MICROSOFT_ENTRA_ID_CLIENT_ID:-}
  if [ -z "$app_id" ]; then
    app_id=$(az ad app list --display-name "$name" --query "[?displayName=='$name'].appId" --output tsv)
  fi
  case $app_id in
    *$'\n'*)
      say "Tenant $tenant has several apps named $name. Set MICROSOFT_ENTRA_ID_CLIENT_ID to the Application (client) ID of one:"
      say "$app_id"
      exit 1
      ;;
    '')
      app_id=$(az ad app create --display-name "$name" --sign-in-audience AzureADMultipleOrgs \
        --web-redirect-uris "$redirect_uri" --query appId --output tsv)
      say "Registered $name in tenant $tenant: $app_id"
      ;;
    *) say "Found the app in tenant $tenant: $app_id" ;;
  esac
  known=$(patiently az ad app show --id "$app_id" --query web.redirectUris --output tsv)
  redirect_uris=("$redirect_uri")
  while IFS= read -r uri; do
    if [ -n "$uri" ] && [ "$uri" != "$redirect_uri" ]; then redirect_uris+=("$uri"); fi
  done <<< "$known"

  # 1.3 Group claims, optional claims and permissions. The list of permissions replaces the one that was there.
  patiently az ad app update --id "$app_id" --sign-in-audience AzureADMultipleOrgs \
    --web-redirect-uris "${redirect_uris[@]}" \
    --optional-claims "$optional_claims" --required-resource-accesses "$permissions"
  az ad app update --id "$app_id" --set groupMembershipClaims=SecurityGroup

  # What az has no option for: the logout address, and the lock of the copies of this app in other tenants.
  object_id=$(az ad app show --id "$app_id" --query id --output tsv)
  az rest --method PATCH --url "$graph/v1.0/applications/$object_id" \
    --headers Content-Type=application/json --body "$properties" --output none

  # The app's own copy in this tenant.
  if ! az ad sp show --id "$app_id" --output none 2> /dev/null; then
    patiently az ad sp create --id "$app_id" --output none
  fi

  # 1.2 The client secret. It is shown here and never again.
  secrets() { az ad app credential list --id "$app_id" --query "$1" --output tsv; }
  count="length([?displayName=='$secret_name'])"
  newest="max([?displayName=='$secret_name'].endDateTime)"
  secret='' expires=''
  held=$(secrets "$count")
  if [ "$held" = 0 ]; then
    new_secret=yes before=''
  else
    before=$(secrets "$newest")
  fi
  if [ "$new_secret" = yes ]; then
    secret=$(az ad app credential reset --id "$app_id" --append --display-name "$secret_name" --years 1 \
      --only-show-errors --query password --output tsv)
    expires=$(secrets "$newest") || expires=''
    if [ "$expires" = "$before" ] || [ "$expires" = None ]; then expires=''; fi
  else
    say "The app has a client secret named $secret_name until ${before%%T*}. Keep its value, or run this with the word new-secret."
  fi

  # 1.4 The lines for the server.
  printf '%s\n' "MICROSOFT_ENTRA_ID_CLIENT_ID=$app_id"
  if [ -n "$secret" ]; then printf '%s\n' "MICROSOFT_ENTRA_ID_CLIENT_SECRET=$secret"; fi
  if [ -n "$expires" ]; then printf '%s\n' "MICROSOFT_ENTRA_ID_CLIENT_SECRET_EXPIRES=${expires%%T*}"; fi
  printf '%s\n' "AUTH_MODE=$auth_mode" "ENTRA_DEFAULT_ROLE=$default_role" "PUBLIC_URL=$public_url"

  if [ "$consent" = yes ]; then
    if patiently az ad app permission admin-consent --id "$app_id"; then
      say "The permissions are approved in tenant $tenant."
    else
      say 'The permissions are not approved: a Global Administrator or Privileged Role Administrator must do it.'
      exit 1
    fi
  else
    say "Admin consent in tenant $tenant was not asked for; the word consent does."
  fi
  say 'Put the lines into .env.production, restart SonicSaaS, and run sonicsaas doctor.'
)
sonicsaas_setup "$@"
