#!/usr/bin/env bash
# Makes the Azure app registration of this SonicSaaS deployment, or brings it up to date, with the Azure CLI:
#
#   az login --allow-no-subscriptions        in the tenant that shall own the app, and in the cloud of this deployment
#   sonicsaas entra setup --format az > setup.sh
#   bash setup.sh >> .env.production         the lines for the server; what happens is told beside them
#
# Words that may follow setup.sh:
#   consent       also grants admin consent in this tenant (a Global Administrator or Privileged Role Administrator can)
#   new-secret    makes one more client secret, valid for a year; the ones before stay valid
#
# It can be run again: an app with this name is found and no second one is made, redirect URIs of other deployments stay,
# and no second secret is made unasked. MICROSOFT_ENTRA_ID_CLIENT_ID in the environment names the app when several have
# this name.

sonicsaas_setup() (
  set -euo pipefail

