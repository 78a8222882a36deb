// ehcctl relationship …, protection …, capacity …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/print.h"
#include "client-sdk/cli/words.h"
#include "ehchub/subject_client.h"

namespace ehchub {
namespace {

struct EndArgs {
  std::string name;
  std::string etag;
  std::string on;
  std::string case_reference;
  std::string request_id;
};

struct ListArgs {
  std::string subject;
  std::string kind;
  bool ended = false;
  PageArgs page;
};

struct RelationshipArgs {
  WriteArgs write;
  std::string subject;
  std::string kind;
  std::string agency;
  std::string person;
  std::string party_unit;
  std::string evidence;
  std::string sen;
  std::string from;
  std::string to;
  bool contact_prohibited = false;
};

struct ProtectionArgs {
  WriteArgs write;
  std::string subject;
  std::string label;
  std::vector<std::string> cleared;
  std::string from;
  std::string to;
  std::string reason;
};

struct CapacityArgs {
  WriteArgs write;
  std::string subject;
  std::string finding;
  std::string decision;
  std::string by_role;
  std::string by;
  std::string on;
  std::string review_due;
  std::string representative;
};

void AddSubject(CLI::App& command, std::string& subject) {
  command.add_option("SUBJECT", subject, "The child or young person")->required();
}

void AddEndOptions(CLI::App& command, EndArgs& args) {
  command.add_option("NAME", args.name, "As list and add show it")->required();
  command.add_option("--etag", args.etag, "As last read")->required();
  command.add_option("--on", args.on, "The last day, today or earlier")->required();
  command.add_option("--case", args.case_reference, "Your own case reference");
  command.add_option("--request-id", args.request_id, "A random UUID; the same to repeat");
}

template <typename Request>
Request EndRequest(const EndArgs& args) {
  Request request;
  request.set_name(args.name);
  request.set_etag(args.etag);
  request.set_valid_to(args.on);
  request.set_case_reference(args.case_reference);
  request.set_request_id(args.request_id);
  return request;
}

void AddListOptions(CLI::App& command, ListArgs& args) {
  AddSubject(command, args.subject);
  command.add_flag("--ended", args.ended, "Also those that have ended");
  AddPageOptions(command, args.page);
}

void AddRelationshipListOptions(CLI::App& command, ListArgs& args) {
  AddListOptions(command, args);
  command.add_option("--kind", args.kind, "Only this kind");
}

void AddRelationshipOptions(CLI::App& command, RelationshipArgs& args) {
  AddSubject(command, args.subject);
  command
      .add_option("--kind", args.kind,
                  "parental-responsibility, carer, named-institution, responsible-commissioner, "
                  "enrolment, key-worker, maintaining-authority or representative")
      ->required();
  command.add_option("--agency", args.agency, "With this agency");
  command.add_option("--person", args.person, "With this person: your own opaque reference");
  command.add_option("--party-unit", args.party_unit, "The agency's unit");
  command.add_option("--evidence", args.evidence,
                     "Of parental responsibility: mother, marriage, birth-certificate, agreement, "
                     "court-order, care-order, special-guardianship-order or adoption-order");
  command.add_option("--sen", args.sen, "For an enrolment: none, sen-support or ehc-plan");
  command.add_option("--from", args.from, "The first day")->required();
  command.add_option("--to", args.to, "The last day");
  command.add_flag("--contact-prohibited", args.contact_prohibited,
                   "A court order forbids contact or this step");
  AddWriteOptions(command, args.write);
}

void AddProtectionOptions(CLI::App& command, ProtectionArgs& args) {
  AddSubject(command, args.subject);
  command.add_option("--label", args.label, "What is protected, such as address-restricted")
      ->required();
  command.add_option("--cleared", args.cleared, "An agency that may see it")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--from", args.from, "The first day")->required();
  command.add_option("--to", args.to, "The last day");
  command.add_option("--reason", args.reason, "Why; never disclosed");
  AddWriteOptions(command, args.write);
}

void AddCapacityOptions(CLI::App& command, CapacityArgs& args) {
  AddSubject(command, args.subject);
  command
      .add_option("--finding", args.finding,
                  "gillick-competent, not-gillick-competent, has-capacity or lacks-capacity")
      ->required();
  command.add_option("--decision", args.decision, "For which decision, such as SHARE_EHC_PLAN")
      ->required();
  command.add_option("--by-role", args.by_role, "The assessor's role, such as PAEDIATRICIAN")
      ->required();
  command.add_option("--by", args.by, "The assessor's user id")->required();
  command.add_option("--on", args.on, "The day of the assessment")->required();
  command.add_option("--review-due", args.review_due, "When to assess again");
  command.add_option("--representative", args.representative,
                     "Who represents a young person without capacity");
  AddWriteOptions(command, args.write);
}

absl::Status FillRelationship(const RelationshipArgs& args, v1::Relationship* relationship) {
  v1::RelationshipKind kind = v1::RELATIONSHIP_KIND_UNSPECIFIED;
  v1::ParentalResponsibilityEvidence evidence = v1::PARENTAL_RESPONSIBILITY_EVIDENCE_UNSPECIFIED;
  v1::SenProvision sen = v1::SEN_PROVISION_UNSPECIFIED;
  absl::Status status = SetWord("--kind", args.kind, &kind);
  status.Update(SetWord("--evidence", args.evidence, &evidence));
  status.Update(SetWord("--sen", args.sen, &sen));
  if (args.agency.empty() == args.person.empty()) {
    status.Update(Usage("give either --agency or --person"));
  }
  relationship->set_kind(kind);
  relationship->set_evidence(evidence);
  relationship->set_sen_provision(sen);
  if (args.person.empty()) {
    relationship->set_agency(Named("agencies", args.agency));
  } else {
    relationship->set_person_reference(args.person);
  }
  relationship->set_party_unit(args.party_unit);
  relationship->set_contact_prohibited(args.contact_prohibited);
  relationship->set_valid_from(args.from);
  relationship->set_valid_to(args.to);
  return status;
}

absl::Status FillProtection(const ProtectionArgs& args, v1::Protection* protection) {
  v1::ProtectionLabel label = v1::PROTECTION_LABEL_UNSPECIFIED;
  const absl::Status status = SetWord("--label", args.label, &label);
  protection->set_label(label);
  for (const std::string& one : args.cleared) {
    protection->add_cleared_recipients(Named("agencies", one));
  }
  protection->set_valid_from(args.from);
  protection->set_valid_to(args.to);
  protection->set_reason(args.reason);
  return status;
}

absl::Status FillCapacity(const CapacityArgs& args, v1::CapacityAssessment* assessment) {
  v1::CapacityFinding finding = v1::CAPACITY_FINDING_UNSPECIFIED;
  const absl::Status status = SetWord("--finding", args.finding, &finding);
  assessment->set_finding(finding);
  assessment->set_decision(args.decision);
  assessment->set_assessed_by_role(args.by_role);
  assessment->set_assessed_by(args.by);
  assessment->set_assessed_on(args.on);
  assessment->set_review_due_date(args.review_due);
  assessment->set_representative_reference(args.representative);
  return status;
}

int RunAddRelationship(const CliContext& context, const RelationshipArgs& args) {
  v1::CreateRelationshipRequest request;
  request.set_subject(args.subject);
  absl::Status status = FillRelationship(args, request.mutable_relationship());
  status.Update(FillWrite(context, args.write, &request));
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubjectClient(hub).CreateRelationship(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.relationship(), out); });
}

int RunEndRelationship(const CliContext& context, const EndArgs& args) {
  const auto request = EndRequest<v1::EndRelationshipRequest>(args);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubjectClient(hub).EndRelationship(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.relationship(), out); });
}

int RunListRelationships(const CliContext& context, const ListArgs& args) {
  v1::ListRelationshipsRequest request;
  v1::RelationshipKind kind = v1::RELATIONSHIP_KIND_UNSPECIFIED;
  const absl::Status known = SetWord("--kind", args.kind, &kind);
  if (!known.ok()) return context.Fail(known);
  request.set_subject(args.subject);
  request.set_kind(kind);
  request.set_include_ended(args.ended);
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubjectClient(hub).ListRelationships(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "relationships", out); });
}

int RunAddProtection(const CliContext& context, const ProtectionArgs& args) {
  v1::CreateProtectionRequest request;
  request.set_subject(args.subject);
  absl::Status status = FillProtection(args, request.mutable_protection());
  status.Update(FillWrite(context, args.write, &request));
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubjectClient(hub).CreateProtection(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.protection(), out); });
}

int RunEndProtection(const CliContext& context, const EndArgs& args) {
  const auto request = EndRequest<v1::EndProtectionRequest>(args);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubjectClient(hub).EndProtection(request); },
      [](const auto& response, std::ostream& out) { PrintFields(response.protection(), out); });
}

int RunListProtections(const CliContext& context, const ListArgs& args) {
  v1::ListProtectionsRequest request;
  request.set_subject(args.subject);
  request.set_include_ended(args.ended);
  FillPage(args.page, &request);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubjectClient(hub).ListProtections(request); },
      [](const auto& response, std::ostream& out) { PrintPage(response, "protections", out); });
}

int RunRecordCapacity(const CliContext& context, const CapacityArgs& args) {
  v1::RecordCapacityRequest request;
  request.set_subject(args.subject);
  absl::Status status = FillCapacity(args, request.mutable_capacity_assessment());
  status.Update(FillWrite(context, args.write, &request));
  if (!status.ok()) return context.Fail(status);
  return CallAndPrint(
      context, [&](const Hub& hub) { return SubjectClient(hub).RecordCapacity(request); },
      [](const auto& response, std::ostream& out) {
        PrintFields(response.capacity_assessment(), out);
      });
}

}  // namespace

void AddRelationshipCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "relationship", "Who stands in which relation to a child");
  AddCommand<RelationshipArgs>(*group, "add", "Record a relation", chosen, RunAddRelationship,
                               AddRelationshipOptions);
  AddCommand<EndArgs>(*group, "end", "End a relation", chosen, RunEndRelationship, AddEndOptions);
  AddCommand<ListArgs>(*group, "list", "The relations that your agency recorded", chosen,
                       RunListRelationships, AddRelationshipListOptions);
}

void AddProtectionCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "protection", "What must not spread about a child");
  AddCommand<ProtectionArgs>(*group, "add", "Set a protection", chosen, RunAddProtection,
                             AddProtectionOptions);
  AddCommand<EndArgs>(*group, "end", "End a protection", chosen, RunEndProtection, AddEndOptions);
  AddCommand<ListArgs>(*group, "list", "The protections that your agency set", chosen,
                       RunListProtections, AddListOptions);
}

void AddCapacityCommands(CLI::App& app, Action* chosen) {
  CLI::App* group = AddGroup(app, "capacity", "Whether a child or young person can decide");
  AddCommand<CapacityArgs>(*group, "record", "Record an assessment", chosen, RunRecordCapacity,
                           AddCapacityOptions);
}

}  // namespace ehchub
