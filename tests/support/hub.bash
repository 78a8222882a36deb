# Founding and running a development hub on loopback: what dev_hub, the demo and the shell tests
# share. Source it after setting BIN (the folder of built programs) and WORLD (a folder of ours).
#
#   found_hub            certificates, data folder, profiles
#   start_hub / stop_hub one process, ended by its own pid
#   enrol_agencies       the agencies of the shipped agreements, by the API
#   as PROFILE ARGS…     ehcctl in somebody's name
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$WORLD"
WORLD=$(cd "$WORLD" && pwd)
CERTS="$WORLD/certs"
DATA="$WORLD/data"
export EHC_PROFILES="$WORLD/profiles"
AUDIENCE=ehc-hub
HUB_PID=

say() { printf '%s\n' "$*"; }

found_hub() {
  mkdir -p "$EHC_PROFILES"
  "$ROOT/certs-dev/make" "$CERTS" >/dev/null
  "$BIN/ehc-hub" init --data "$DATA" \
    --operator-certificate "$CERTS/operator.pem" \
    --operator-assertion-key "alice=$CERTS/operator.alice.assertion.pub.pem" \
    --operator-assertion-key "bob=$CERTS/operator.bob.assertion.pub.pem" \
    --person alice=HUB_ADMIN,HUB_POLICY_OFFICER --person bob=HUB_ADMIN,HUB_AUDITOR >/dev/null
}

# start_hub [PORT]: returns when the hub serves; PORT is then set.
start_hub() {
  PORT=${1:-0}
  : >"$WORLD/hub.out"
  mkdir -p "$WORLD/enrolment"
  "$BIN/ehc-hub" serve --data "$DATA" --policies "$ROOT/policies" --tls "$CERTS" --enrolment-spool "$WORLD/enrolment" \
    --audience "$AUDIENCE" --development --port "$PORT" >"$WORLD/hub.out" 2>"$WORLD/hub.log" &
  HUB_PID=$!
  for _ in $(seq 200); do
    PORT=$(sed -n 's/^serving on .*:\([0-9]*\)$/\1/p' "$WORLD/hub.out")
    [ -n "$PORT" ] && return 0
    kill -0 "$HUB_PID" 2>/dev/null || break
    sleep 0.05
  done
  say "the hub did not start:" >&2
  cat "$WORLD/hub.log" "$WORLD/hub.out" >&2
  return 1
}

stop_hub() {
  [ -n "$HUB_PID" ] || return 0
  kill -TERM "$HUB_PID" 2>/dev/null
  wait "$HUB_PID" 2>/dev/null
  local status=$?
  HUB_PID=
  return "$status"
}

# profile NAME AGENCY USER ROLE UNIT
profile() {
  local keys=$CERTS/$2
  [ "$2" != operator ] || keys=$CERTS/operator.$3
  cat >"$EHC_PROFILES/$1.profile" <<END
hub = localhost:$PORT
certificate = $CERTS/$2.pem
key = $CERTS/$2.key
ca = $CERTS/ca.pem
audience = $AUDIENCE
assertion_key = $keys.assertion.key
user = $3
role = $4
unit = $5
training_until = 2027-12-31
strong_authentication = yes
log_key = $(cat "$DATA/log.vkey")
promise_key = $DATA/promise.pub.pem
receipts = $WORLD/$1.receipts.jsonl
END
}

write_profiles() {
  profile operator operator alice HUB_ADMIN operations
  profile other-operator operator bob HUB_ADMIN operations
  profile auditor operator bob HUB_AUDITOR operations
  profile caseworker bromley cw-17 SEND_CASEWORKER send
  profile send-manager bromley sm-1 SEND_MANAGER send
  profile records bromley rec-2 RECORDS_OFFICER send
  profile governance bromley ig-1 INFORMATION_GOVERNANCE_OFFICER send
  profile trust-governance kings-park-nhs-trust ig-1 INFORMATION_GOVERNANCE_OFFICER community-paediatrics
  profile social-worker bromley sw-4 SOCIAL_WORKER social-care
  profile social-manager bromley swm-1 SOCIAL_WORK_MANAGER social-care
  profile budget-keeper bromley com-1 COMMISSIONING_OFFICER social-care
  profile payments bromley dp-1 DIRECT_PAYMENTS_OFFICER social-care
  profile team-manager bromley swm-1 SOCIAL_WORK_MANAGER social-care
  profile panel-chair bromley chair-1 PANEL_CHAIR social-care
  profile paediatrician kings-park-nhs-trust paed-9 COMMUNITY_PAEDIATRICIAN community-paediatrics
  profile emergency kings-park-nhs-trust ed-1 EMERGENCY_CLINICIAN community-paediatrics
  profile trust-records kings-park-nhs-trust rec-1 RECORDS_OFFICER community-paediatrics
  profile commissioner south-east-london-icb com-3 COMMISSIONING_OFFICER commissioning
  profile senco oakfield-school senco-1 SENCO school
  profile other-senco elm-grove-school senco-1 SENCO school
  profile police northshire-police pl-8 POLICE_LIAISON_OFFICER protection
  profile key-worker bridge-care kw-5 CARE_KEY_WORKER care
}

as() {
  local profile=$1
  shift
  "$BIN/ehcctl" --profile "$profile" "$@"
}

# two_people VERB AGENCY REASON: one operator proposes, the other approves what it was shown
two_people() {
  local proposal
  proposal=$(as operator --output json agency "$1" "$2" --reason "$3") || return 1
  as other-operator agency approve "$(sed -n 's/.*"name": *"\(adminProposals[^"]*\)".*/\1/p' <<<"$proposal")" \
    --digest "$(sed -n 's/.*"digest": *"\([0-9a-f]*\)".*/\1/p' <<<"$proposal")" >/dev/null
}

# enrol AGENCY CREATE-OPTIONS…: created, given its keys, declared ready by itself, live. Its
# administrator acts in the unit that is named first.
enrol() {
  local agency=$1 unit
  shift
  unit=$(printf '%s\n' "$@" | sed -n '/^--unit$/{n;s/:.*//p;q}')
  profile "$agency-administrator" "$agency" adm-1 AGENCY_ADMINISTRATOR "$unit"
  as operator agency create "$agency" "$@" >/dev/null &&
    as operator agency enrol-credential "$agency" --certificate "$CERTS/$agency.pem" >/dev/null &&
    as operator agency enrol-credential "$agency" \
      --assertion-key "$CERTS/$agency.assertion.pub.pem" >/dev/null &&
    as "$agency-administrator" agency declare --all >/dev/null &&
    two_people activate "$agency" "onboarded"
}

enrol_agencies() {
  enrol bromley --name "London Borough of Bromley" --type local-authority --la-code 305 \
    --region 305 --unit "send:SEND:SEND service" \
    --unit "social-care:SOCIAL_CARE:Children's social care" \
    --unit "youth-justice:YOUTH_JUSTICE:Youth justice service" &&
    enrol kings-park-nhs-trust --name "King's Park NHS Trust" --type nhs-trust --ods-code RKP \
      --unit "community-paediatrics:COMMUNITY_PAEDIATRICS:Community paediatrics" &&
    enrol south-east-london-icb --name "NHS South East London ICB" \
      --type integrated-care-board --ods-code QKK --unit "commissioning:COMMISSIONING:Children" &&
    enrol oakfield-school --name "Oakfield School" --type school --urn 900001 --region 305 \
      --unit "school:PASTORAL:School" &&
    enrol elm-grove-school --name "Elm Grove School" --type school --urn 900002 --region 305 \
      --unit "school:PASTORAL:School" &&
    enrol northshire-police --name "Northshire Police" --type police-force --police-code 99 \
      --unit "protection:PUBLIC_PROTECTION:Public protection" &&
    enrol bridge-care --name "Bridge Care" --type social-care-provider \
      --unit "care:SOCIAL_CARE:Care"
}
