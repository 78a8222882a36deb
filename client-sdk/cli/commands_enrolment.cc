// ehcctl agency enrol, invite, enrolments, accept, cancel-enrolment: how an agency comes by its
// first certificate.
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/commands_agency_life.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "client-sdk/src/internal/credentials.h"
#include "client-sdk/src/internal/enrolment_call.h"
#include "client-sdk/src/internal/key_maker.h"
#include "ehchub/agency_admin_client.h"
#include "server/base/crypto.h"
#include "server/base/encoding.h"
#include "server/base/fs.h"
#include "server/base/status_macros.h"

namespace ehchub {
namespace {

constexpr size_t kMaxFile = 64 << 10;
constexpr absl::Duration kDeadline = absl::Seconds(40);

struct EnrolArgs {
  std::string agency;
  std::string unit;
  std::string at;
  std::string server_name;
  std::string ca;
  std::string token;
  std::string folder = ".";
};

struct InviteArgs {
  std::string agency;
  std::string unit;
  std::string out;
  std::string reason;
};

struct EnrolmentsArgs {
  bool open = false;
  PageArgs page;
};

struct AcceptArgs {
  std::string name;
  std::string thumbprint;
};

struct CancelArgs {
  std::string name;
  std::string etag;
  std::string request_id;
};

void AddEnrolOptions(CLI::App& command, EnrolArgs& args) {
  command.add_option("AGENCY", args.agency, "Your agency's id at the hub")->required();
  command.add_option("--unit", args.unit, "The unit that the certificate speaks for, if one alone");
  command.add_option("--at", args.at, "The enrolment listener, host:port")->required();
  command.add_option("--server-name", args.server_name, "As its certificate says, if not the host");
  command.add_option("--ca", args.ca, "Who vouches for it (PEM file), as the operator gave it")
      ->required();
  command.add_option("--token", args.token, "The file that holds the token; - for standard input")
      ->required();
  command.add_option("--out", args.folder, "An existing folder, yours alone")
      ->check(CLI::ExistingDirectory);
}

void AddInviteOptions(CLI::App& command, InviteArgs& args) {
  command.add_option("AGENCY", args.agency, "Whom the token is for")->required();
  command.add_option("--unit", args.unit, "The unit that the certificate is to speak for");
  command
      .add_option("--out", args.out,
                  "The file to write the token to, for the agency's eyes alone; where a second "
                  "person had to approve, the same again completes it")
      ->required();
  command.add_option("--reason", args.reason, "Why, where a second person has to approve");
}

void AddEnrolmentsOptions(CLI::App& command, EnrolmentsArgs& args) {
  command.add_flag("--open", args.open, "Without those that were taken back");
  AddPageOptions(command, args.page);
}

void AddAcceptOptions(CLI::App& command, AcceptArgs& args) {
  command.add_option("NAME", args.name, "enrolments/…")->required();
  command.add_option("--thumbprint", args.thumbprint,
                     "Of the certificate, as the agency read it out; without it what was issued is "
                     "shown and nothing is done");
}

void AddCancelOptions(CLI::App& command, CancelArgs& args) {
  command.add_option("NAME", args.name, "enrolments/…")->required();
  command.add_option("--etag", args.etag, "Only if it is unchanged since");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  if (path == "-") {
    return std::string(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  }
  return ehc::ReadFile(path, kMaxFile);
}

// The keys that were made before, where all of them are there: the same request is sent again then.
absl::StatusOr<std::optional<internal::NewKeys>> KeysOnDisk(const std::string& base) {
  internal::NewKeys keys;
  int there = 0;
  for (const auto& [suffix, text] :
       {std::make_pair(".key", &keys.tls_key_pem), std::make_pair(".csr", &keys.request_pem),
        std::make_pair(".assertion.key", &keys.assertion_key_pem),
        std::make_pair(".assertion.pub.pem", &keys.assertion_public_pem)}) {
    absl::StatusOr<std::string> read = ehc::ReadFile(base + suffix, kMaxFile);
    if (absl::IsNotFound(read.status())) continue;
    if (!read.ok()) return read.status();
    *text = *std::move(read);
    ++there;
  }
  if (there == 0) return std::optional<internal::NewKeys>();
  if (there == 4) return std::optional<internal::NewKeys>(std::move(keys));
  return Usage(absl::StrCat(base, ".*: some of the four files are there; move them away first"));
}

absl::Status CheckOwnerAlone(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || (info.st_mode & 077) == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": others may read this private key; make new ones, or chmod 600 it"));
}

// Made here, once, and kept: a private key never leaves this folder.
absl::StatusOr<internal::NewKeys> KeysFor(const EnrolArgs& args, const std::string& base) {
  EHC_ASSIGN_OR_RETURN(std::optional<internal::NewKeys> keys, KeysOnDisk(base));
  if (keys.has_value()) {
    EHC_RETURN_IF_ERROR(CheckOwnerAlone(base + ".key"));
    EHC_RETURN_IF_ERROR(CheckOwnerAlone(base + ".assertion.key"));
    return *std::move(keys);
  }
  absl::StatusOr<internal::NewKeys> made = internal::MakeKeys(args.agency, args.unit);
  if (!made.ok()) return Usage(made.status().message());
  EHC_RETURN_IF_ERROR(ehc::AtomicCreateFile(base + ".key", made->tls_key_pem, 0600));
  EHC_RETURN_IF_ERROR(
      ehc::AtomicCreateFile(base + ".assertion.key", made->assertion_key_pem, 0600));
  EHC_RETURN_IF_ERROR(
      ehc::AtomicCreateFile(base + ".assertion.pub.pem", made->assertion_public_pem, 0644));
  EHC_RETURN_IF_ERROR(ehc::AtomicCreateFile(base + ".csr", made->request_pem, 0644));
  return made;
}

// What came back is believed no further than it can be checked here.
absl::Status CheckAnswer(const EnrolArgs& args, const std::string& pem, const std::string& key) {
  EHC_RETURN_IF_ERROR(internal::CheckKeyMatches({pem, key, ""}));
  EHC_ASSIGN_OR_RETURN(const internal::CertificateInfo certificate, internal::ReadCertificate(pem));
  if (internal::AgencyOf(certificate) == args.agency) return absl::OkStatus();
  return absl::DataLossError("the certificate that came back is not your agency's");
}

int RunEnrol(const CliContext& context, const EnrolArgs& args) {
  const std::string base = absl::StrCat(args.folder, "/", args.agency);
  const auto ca = ReadText(args.ca);
  if (!ca.ok()) return context.Fail(ca.status());
  const auto token = ReadText(args.token);
  if (!token.ok()) return context.Fail(token.status());
  const auto keys = KeysFor(args, base);
  if (!keys.ok()) return context.Fail(keys.status());
  const auto answer = internal::AskForCertificate(
      {args.at, args.server_name, *ca, std::string(absl::StripAsciiWhitespace(*token)),
       keys->request_pem, keys->assertion_public_pem},
      kDeadline);
  if (!answer.ok()) return context.Fail(answer.status());
  if (!answer->has_value()) {
    return context.Fail(absl::UnavailableError(
        "the authority has not signed yet; run the same command again later"));
  }
  absl::Status kept = CheckAnswer(args, **answer, keys->tls_key_pem);
  if (kept.ok()) kept = ehc::AtomicWriteFile(base + ".pem", **answer, 0644);
  if (!kept.ok()) return context.Fail(kept);
  context.out << base << ".pem\nthumbprint " << internal::ThumbprintOf(**answer) << "\n";
  context.err
      << "read the thumbprint out to the hub's operator, who enrols the certificate by it\n";
  return 0;
}

absl::StatusOr<std::vector<v1::Enrolment>> AllEnrolments(const AgencyAdminClient& client) {
  v1::ListEnrolmentsRequest request;
  std::vector<v1::Enrolment> all;
  do {
    const auto page = client.ListEnrolments(request);
    if (!page.ok()) return page.status();
    all.insert(all.end(), page->enrolments().begin(), page->enrolments().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

std::string DigestOf(absl::string_view secret) {
  return ehc::HexEncode(ehc::DigestView(ehc::Sha256(secret)));
}

// "ID.SECRET"
std::string TokenOf(const v1::Enrolment& enrolment, const std::string& secret) {
  return absl::StrCat(absl::StripPrefix(enrolment.name(), "enrolments/"), ".", secret, "\n");
}

int SayInvited(const CliContext& context, const InviteArgs& args, const v1::Enrolment& enrolment) {
  context.out << enrolment.name() << "\ntoken in " << args.out << ", good until "
              << MomentText(enrolment.expires_at()) << "\n";
  context.err << "give the token to the agency's administrator alone, and not by the way by which "
                 "they will read out the thumbprint\n";
  return 0;
}

// ".SECRET" waits for its enrolment to be approved.
int CompleteToken(const CliContext& context, const InviteArgs& args, const Hub& hub,
                  absl::string_view kept) {
  const std::string secret(absl::StripPrefix(absl::StripAsciiWhitespace(kept), "."));
  const auto all = AllEnrolments(AgencyAdminClient(hub));
  if (!all.ok()) return context.Fail(all.status());
  for (const v1::Enrolment& enrolment : *all) {
    if (enrolment.token_digest() != DigestOf(secret)) continue;
    const absl::Status written = ehc::AtomicWriteFile(args.out, TokenOf(enrolment, secret), 0600);
    return written.ok() ? SayInvited(context, args, enrolment) : context.Fail(written);
  }
  return context.Fail(
      absl::FailedPreconditionError(absl::StrCat(args.out, ": its enrolment is not approved yet")));
}

int RunInvite(const CliContext& context, const InviteArgs& args) {
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const auto kept = ehc::ReadFile(args.out, kMaxFile);
  if (kept.ok() && absl::StartsWith(*kept, ".")) return CompleteToken(context, args, *hub, *kept);
  if (!absl::IsNotFound(kept.status())) {
    return context.Fail(Usage(absl::StrCat(args.out, " is there already; it is not overwritten")));
  }
  const std::string secret = ehc::Base64UrlEncode(ehc::RandomBytes(32));
  absl::Status written = ehc::AtomicCreateFile(args.out, absl::StrCat(".", secret, "\n"), 0600);
  if (!written.ok()) return context.Fail(written);
  v1::CreateEnrolmentRequest request;
  request.set_parent(Named("agencies", args.agency));
  request.set_unit(args.unit);
  request.set_token_digest(DigestOf(secret));
  request.set_reason(args.reason);
  const auto made = AgencyAdminClient(*hub).CreateEnrolment(request);
  if (!made.ok()) {
    (void)ehc::RemoveFile(args.out);
    return context.Fail(made.status());
  }
  if (made->has_proposal()) {
    PrintFields(made->proposal(), context.out);
    context.err << "another operator approves it; then run the same command again\n";
    return 0;
  }
  written = ehc::AtomicWriteFile(args.out, TokenOf(made->enrolment(), secret), 0600);
  return written.ok() ? SayInvited(context, args, made->enrolment()) : context.Fail(written);
}

int RunEnrolments(const CliContext& context, const EnrolmentsArgs& args) {
  v1::ListEnrolmentsRequest request;
  request.set_only_open(args.open);
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).ListEnrolments(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "enrolments", out); });
}

// The same command may be run again: what is enrolled already, and honoured, stays.
absl::StatusOr<v1::Credential> FindEnrolled(const AgencyAdminClient& client,
                                            const v1::EnrolCredentialRequest& wanted) {
  v1::ListCredentialsRequest request;
  request.set_parent(wanted.parent());
  request.set_page_size(200);
  const auto page = client.ListCredentials(request);
  if (!page.ok()) return page.status();
  for (const v1::Credential& one : page->credentials()) {
    if (one.kind() == wanted.credential().kind() &&
        one.certificate_pem() == wanted.credential().certificate_pem() &&
        one.public_key_pem() == wanted.credential().public_key_pem()) {
      return one;
    }
  }
  return absl::FailedPreconditionError("this key was enrolled before and is revoked, or another's");
}

absl::StatusOr<v1::Credential> Enrol(const AgencyAdminClient& client,
                                     const v1::Enrolment& enrolment, v1::Credential credential) {
  v1::EnrolCredentialRequest request;
  request.set_parent(enrolment.agency());
  request.set_reason(absl::StrCat("issued for ", enrolment.name()));
  credential.set_unit(credential.kind() == v1::CREDENTIAL_KIND_TLS_CERTIFICATE ? enrolment.unit()
                                                                               : "");
  *request.mutable_credential() = std::move(credential);
  const auto enrolled = client.EnrolCredential(request);
  if (absl::IsAlreadyExists(enrolled.status())) return FindEnrolled(client, request);
  if (!enrolled.ok()) return enrolled.status();
  if (!enrolled->has_proposal()) return enrolled->credential();
  return absl::FailedPreconditionError(absl::StrCat("it takes a second operator, who approves ",
                                                    enrolled->proposal().name(),
                                                    "; then run the same command again"));
}

// By the certificate's end, so that both are renewed together.
absl::StatusOr<v1::Credential> EnrolAssertionKey(const AgencyAdminClient& client,
                                                 const v1::Enrolment& enrolment,
                                                 const v1::Credential& certificate) {
  v1::Credential key;
  key.set_kind(v1::CREDENTIAL_KIND_ASSERTION_KEY);
  key.set_public_key_pem(enrolment.assertion_public_key_pem());
  *key.mutable_not_before() = certificate.not_before();
  *key.mutable_not_after() = certificate.not_after();
  return Enrol(client, enrolment, std::move(key));
}

int RunAccept(const CliContext& context, const AcceptArgs& args) {
  const absl::StatusOr<Hub> hub = context.OpenHub();
  if (!hub.ok()) return context.Fail(hub.status());
  const AgencyAdminClient client(*hub);
  const auto all = AllEnrolments(client);
  if (!all.ok()) return context.Fail(all.status());
  const auto found = std::find_if(all->begin(), all->end(), [&](const v1::Enrolment& one) {
    return one.name() == Named("enrolments", args.name);
  });
  if (found == all->end()) return context.Fail(Usage(args.name + " is no enrolment of yours"));
  if (args.thumbprint.empty() || found->thumbprint() != absl::AsciiStrToLower(args.thumbprint)) {
    PrintFields(*found, context.out);
    return context.Fail(
        args.thumbprint.empty()
            ? Usage("nothing was done; add --thumbprint, as the agency reads it out")
            : absl::FailedPreconditionError(
                  "the thumbprint is another one: somebody else may have used the token; take it "
                  "back and ring the agency"));
  }
  v1::Credential certificate;
  certificate.set_kind(v1::CREDENTIAL_KIND_TLS_CERTIFICATE);
  certificate.set_certificate_pem(found->certificate_pem());
  const auto enrolled = Enrol(client, *found, std::move(certificate));
  if (!enrolled.ok()) return context.Fail(enrolled.status());
  PrintFields(*enrolled, context.out);
  if (found->assertion_public_key_pem().empty()) return 0;
  const auto key = EnrolAssertionKey(client, *found, *enrolled);
  if (!key.ok()) return context.Fail(key.status());
  PrintFields(*key, context.out);
  return 0;
}

int RunCancel(const CliContext& context, const CancelArgs& args) {
  v1::CancelEnrolmentRequest request;
  request.set_request_id(args.request_id);
  request.set_name(Named("enrolments", args.name));
  request.set_etag(args.etag);
  return CallAndPrint(
      context, [&](const Hub& hub) { return AgencyAdminClient(hub).CancelEnrolment(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.enrolment(), out); });
}

}  // namespace

void AddEnrolmentCommands(CLI::App& group, Action* chosen) {
  AddCommand<EnrolArgs>(group, "enrol",
                        "Make your agency's keys here and have them certified with a token", chosen,
                        RunEnrol, AddEnrolOptions);
  AddCommand<InviteArgs>(group, "invite",
                         "Make a token with which an agency asks for a certificate", chosen,
                         RunInvite, AddInviteOptions);
  AddCommand<EnrolmentsArgs>(group, "enrolments", "Tokens, and what was issued for them", chosen,
                             RunEnrolments, AddEnrolmentsOptions);
  AddCommand<AcceptArgs>(group, "accept", "Enrol what was issued for a token", chosen, RunAccept,
                         AddAcceptOptions);
  AddCommand<CancelArgs>(group, "cancel-enrolment", "Take a token back", chosen, RunCancel,
                         AddCancelOptions);
}

}  // namespace ehchub
