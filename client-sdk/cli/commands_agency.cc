// ehcctl agency …
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/commands_agency_life.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "ehchub/agency_admin_client.h"

namespace ehchub {
namespace {

struct CreateArgs {
  std::string file;
  std::string id;
  std::string name;
  std::string type;
  std::vector<std::string> units;
  std::vector<std::string> people;
  std::string region;
  std::string la_code;
  std::string ods_code;
  std::string urn;
  std::string ukprn;
  std::string police_code;
  std::string request_id;
  bool validate_only = false;
};

struct GetArgs {
  std::string name;
};

struct ListArgs {
  std::string type;
  PageArgs page;
};

struct EnrolArgs {
  std::string agency;
  std::string certificate;
  std::string assertion_key;
  std::string agreement_key;
  std::string witness_key;
  std::string unit;
  std::string person;
  std::string not_before;
  std::string not_after;
  std::string reason;
  std::string request_id;
  bool validate_only = false;
};

struct CredentialsArgs {
  std::string agency;
  bool revoked = false;
  int expiring = 0;
  PageArgs page;
};

struct RevokeArgs {
  std::string name;
  std::string reason;
  std::string etag;
  std::string request_id;
};

void AddCreateOptions(CLI::App& command, CreateArgs& args) {
  command.add_option("ID", args.id, "The id wanted, such as bromley; it never changes");
  command.add_option("--file", args.file, "A whole CreateAgencyRequest; options add to it");
  command.add_option("--name", args.name, "Its name as people write it");
  command.add_option("--type", args.type,
                     "local-authority, nhs-trust, integrated-care-board, school, police-force, "
                     "social-care-provider, voluntary, evaluator, court or inspectorate");
  command
      .add_option("--unit", args.units,
                  "A unit, id:KIND:name, such as send:SEND:SEND casework; repeat for more")
      ->allow_extra_args(false);
  command
      .add_option("--person", args.people,
                  "For an operator: who holds which roles, user=ROLE,ROLE; repeat for more")
      ->allow_extra_args(false);
  command.add_option("--region", args.region, "The authority or police area that it serves");
  command.add_option("--la-code", args.la_code, "DfE number of a local authority");
  command.add_option("--ods-code", args.ods_code, "ODS code of an NHS body");
  command.add_option("--urn", args.urn, "Unique reference number of a school");
  command.add_option("--ukprn", args.ukprn, "UK provider reference number");
  command.add_option("--police-code", args.police_code, "Police force code");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
  command.add_flag("--validate-only", args.validate_only, "Check everything, store nothing");
}

void AddGetOptions(CLI::App& command, GetArgs& args) {
  command.add_option("AGENCY", args.name, "Its id or name")->required();
}

void AddListOptions(CLI::App& command, ListArgs& args) {
  command.add_option("--type", args.type, "Only this type");
  AddPageOptions(command, args.page);
}

void AddEnrolOptions(CLI::App& command, EnrolArgs& args) {
  command.add_option("AGENCY", args.agency, "Whose it is")->required();
  CLI::Option_group* material = command.add_option_group("material");
  material->add_option("--certificate", args.certificate, "A client certificate (PEM file)");
  material->add_option("--assertion-key", args.assertion_key,
                       "A public key that signs who acts (PEM file)");
  material->add_option("--agreement-key", args.agreement_key,
                       "A public key that signs agreements (PEM file)");
  material->add_option("--witness-key", args.witness_key,
                       "A verifier key that cosigns checkpoints, name+id+key");
  material->require_option(1);
  command.add_option("--unit", args.unit, "The unit that it speaks for");
  command.add_option(
      "--person", args.person,
      "Of an assertion key: the one person for whom it signs; an operator's need it");
  command.add_option("--not-before", args.not_before, "Of a key: refused before; now unless told");
  command.add_option("--not-after", args.not_after,
                     "Of a key: refused after; in a year unless told");
  command.add_option("--reason", args.reason, "Why, where a second person has to approve");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
  command.add_flag("--validate-only", args.validate_only, "Check everything, store nothing");
}

void AddCredentialsOptions(CLI::App& command, CredentialsArgs& args) {
  command.add_option("AGENCY", args.agency, "Whose; an operator: everybody's unless told");
  command.add_flag("--revoked", args.revoked, "Also those that were revoked");
  command.add_option("--expiring", args.expiring,
                     "Only those that end within so many days, or have ended");
  AddPageOptions(command, args.page);
}

void AddRevokeOptions(CLI::App& command, RevokeArgs& args) {
  command.add_option("NAME", args.name, "agencies/…/credentials/…")->required();
  command
      .add_option("--reason", args.reason,
                  "key-compromised, superseded, ceased or privilege-withdrawn")
      ->required();
  command.add_option("--etag", args.etag, "Revoke only if it is unchanged since");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

absl::Status FillUnit(const std::string& text, v1::Unit* unit) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits(':', 2));
  if (parts.size() != 3) return Usage("--unit is id:KIND:name, such as send:SEND:SEND casework");
  unit->set_unit_id(parts[0]);
  unit->set_kind(parts[1]);
  unit->set_display_name(parts[2]);
  return absl::OkStatus();
}

absl::Status FillPersonRoles(const std::string& text, v1::OperatorPerson* person) {
  const std::pair<std::string, std::string> halves = absl::StrSplit(text, absl::MaxSplits('=', 1));
  if (halves.first.empty() || halves.second.empty()) return Usage("--person is user=ROLE,ROLE");
  person->set_user(halves.first);
  for (absl::string_view role : absl::StrSplit(halves.second, ',')) {
    person->add_roles(std::string(role));
  }
  return absl::OkStatus();
}

void SetText(const std::string& value, std::string* field) {
  if (!value.empty()) *field = value;
}

void FillIdentifiers(const CreateArgs& args, v1::AgencyIdentifiers* identifiers) {
  SetText(args.la_code, identifiers->mutable_la_code());
  SetText(args.ods_code, identifiers->mutable_ods_code());
  SetText(args.urn, identifiers->mutable_urn());
  SetText(args.ukprn, identifiers->mutable_ukprn());
  SetText(args.police_code, identifiers->mutable_police_force_code());
}

absl::Status FillAgency(const CreateArgs& args, v1::Agency* agency) {
  v1::AgencyType type = agency->type();
  absl::Status status = SetWord("--type", args.type, &type);
  agency->set_type(type);
  SetText(args.name, agency->mutable_display_name());
  SetText(args.region, agency->mutable_region());
  for (const std::string& unit : args.units) status.Update(FillUnit(unit, agency->add_units()));
  for (const std::string& person : args.people) {
    status.Update(FillPersonRoles(person, agency->add_people()));
  }
  v1::AgencyIdentifiers identifiers = agency->identifiers();
  FillIdentifiers(args, &identifiers);
  if (identifiers.ByteSizeLong() > 0) *agency->mutable_identifiers() = identifiers;
  return status;
}

int RunCreate(const CliContext& context, const CreateArgs& args) {
  v1::CreateAgencyRequest request;
  absl::Status status;
  if (!args.file.empty()) status = ReadMessage(args.file, &request);
  SetText(args.id, request.mutable_agency_id());
  SetText(args.request_id, request.mutable_request_id());
  if (request.agency_id().empty()) status.Update(Usage("ID is required"));
  if (args.validate_only) request.set_validate_only(true);
  status.Update(FillAgency(args, request.mutable_agency()));
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).CreateAgency(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.agency(), out); });
}

int RunGet(const CliContext& context, const GetArgs& args) {
  v1::GetAgencyRequest request;
  request.set_name(Named("agencies", args.name));
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).GetAgency(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.agency(), out); });
}

int RunList(const CliContext& context, const ListArgs& args) {
  v1::ListAgenciesRequest request;
  v1::AgencyType type = v1::AGENCY_TYPE_UNSPECIFIED;
  const absl::Status known = SetWord("--type", args.type, &type);
  if (!known.ok()) return context.Fail(known);
  request.set_type(type);
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).ListAgencies(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "agencies", out); });
}

absl::StatusOr<std::string> ReadPem(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Usage(absl::StrCat(path, " cannot be read"));
  std::string pem{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (absl::StrContains(pem, "PRIVATE KEY")) {
    return Usage(absl::StrCat(path, " is a private key: enrol the public one, and keep it"));
  }
  return pem;
}

// A bare key has no dates of its own.
absl::Status FillDates(const EnrolArgs& args, v1::Credential* credential) {
  const absl::Time now = absl::Now();
  credential->mutable_not_before()->set_seconds(absl::ToUnixSeconds(now));
  credential->mutable_not_after()->set_seconds(absl::ToUnixSeconds(now + absl::Hours(24 * 365)));
  for (const auto& [option, text, moment] :
       {std::make_tuple("--not-before", args.not_before, credential->mutable_not_before()),
        std::make_tuple("--not-after", args.not_after, credential->mutable_not_after())}) {
    if (text.empty()) continue;
    const absl::StatusOr<google::protobuf::Timestamp> parsed = ParseMoment(option, text);
    if (!parsed.ok()) return parsed.status();
    *moment = *parsed;
  }
  return absl::OkStatus();
}

absl::Status FillCredential(const EnrolArgs& args, v1::Credential* credential) {
  credential->set_unit(args.unit);
  if (!args.witness_key.empty()) {
    credential->set_kind(v1::CREDENTIAL_KIND_WITNESS_KEY);
    credential->set_verifier_key(args.witness_key);
    return FillDates(args, credential);
  }
  const std::string& path = !args.certificate.empty()     ? args.certificate
                            : !args.assertion_key.empty() ? args.assertion_key
                                                          : args.agreement_key;
  const absl::StatusOr<std::string> pem = ReadPem(path);
  if (!pem.ok()) return pem.status();
  if (!args.certificate.empty()) {
    credential->set_kind(v1::CREDENTIAL_KIND_TLS_CERTIFICATE);
    credential->set_certificate_pem(*pem);
    return absl::OkStatus();
  }
  credential->set_kind(args.assertion_key.empty() ? v1::CREDENTIAL_KIND_AGREEMENT_SIGNING_KEY
                                                  : v1::CREDENTIAL_KIND_ASSERTION_KEY);
  credential->set_public_key_pem(*pem);
  return FillDates(args, credential);
}

int RunEnrol(const CliContext& context, const EnrolArgs& args) {
  v1::EnrolCredentialRequest request;
  request.set_request_id(args.request_id);
  request.set_parent(Named("agencies", args.agency));
  request.set_reason(args.reason);
  request.set_validate_only(args.validate_only);
  request.mutable_credential()->set_person(args.person);
  const absl::Status status = FillCredential(args, request.mutable_credential());
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).EnrolCredential(request); },
      [](const auto& response, std::ostream& out) {
        if (response.has_proposal()) return PrintFields(response.proposal(), out);
        PrintFields(response.credential(), out);
      });
}

int RunCredentials(const CliContext& context, const CredentialsArgs& args) {
  v1::ListCredentialsRequest request;
  if (!args.agency.empty()) request.set_parent(Named("agencies", args.agency));
  request.set_include_revoked(args.revoked);
  request.set_expiring_within_days(args.expiring);
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).ListCredentials(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "credentials", out); });
}

int RunRevoke(const CliContext& context, const RevokeArgs& args) {
  v1::RevokeCredentialRequest request;
  v1::RevocationReason reason = v1::REVOCATION_REASON_UNSPECIFIED;
  const absl::Status known = SetWord("--reason", args.reason, &reason);
  if (!known.ok()) return context.Fail(known);
  request.set_request_id(args.request_id);
  request.set_name(args.name);
  request.set_etag(args.etag);
  request.set_reason(reason);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).RevokeCredential(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.credential(), out); });
}

}  // namespace

void AddAgencyCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "agency", "Agencies and their credentials");
  AddCommand<CreateArgs>(*group, "create", "Create an agency", chosen, RunCreate, AddCreateOptions);
  AddCommand<GetArgs>(*group, "get", "One agency", chosen, RunGet, AddGetOptions);
  AddCommand<ListArgs>(*group, "list", "Agencies", chosen, RunList, AddListOptions);
  AddCommand<EnrolArgs>(*group, "enrol-credential", "Enrol a certificate or public key", chosen,
                        RunEnrol, AddEnrolOptions);
  AddCommand<CredentialsArgs>(*group, "credentials", "An agency's credentials", chosen,
                              RunCredentials, AddCredentialsOptions);
  AddCommand<RevokeArgs>(*group, "revoke-credential", "Revoke a credential for ever", chosen,
                         RunRevoke, AddRevokeOptions);
  AddAgencyLifeCommands(*group, chosen);
  AddEnrolmentCommands(*group, chosen);
  AddDelegationCommands(app, chosen);
}

}  // namespace ehchub
