#include "client-sdk/cli/disclosing.h"

namespace ehchub {

void AddAskOptions(CLI::App& command, AskArgs& args) {
  command
      .add_option("SUBJECT", args.subject,
                  "nhs:…, upn:…, uln:…, pnc:…, la:303/ABC123 or subjects/…")
      ->required();
  AddGroundOptions(command, args);
}

void AddGroundOptions(CLI::App& command, AskArgs& args) {
  command.add_option("--purpose", args.purpose, "What it is for, such as DIRECT_CARE")
      ->required(args.purpose.empty())
      ->capture_default_str();
  command.add_option("--basis", args.basis, "Lawful basis, such as ART6_1_E")
      ->required(args.basis.empty())
      ->capture_default_str();
  command.add_option("--agreement", args.agreement, "The data-sharing agreement relied on")
      ->required();
  command.add_option("--special-basis", args.special_basis,
                     "Condition for special-category data, such as ART9_2_H");
  command.add_option("--gateway", args.gateway, "Gateway through confidentiality");
  command.add_option("--custodian", args.custodian, "Whose record; otherwise the agreement's");
  command.add_option("--case", args.case_reference, "Your own case reference");
  command.add_option("--considered-by", args.considered_by,
                     "Who considered that disclosing may help safeguarding (s.16LA)");
  command.add_option("--detriment", args.detriment,
                     "Why disclosing is not more detrimental than withholding (s.16LA)");
  command.add_option("--on-behalf-of", args.on_behalf_of,
                     "The authority for which you act, where it has delegated this");
  command.add_option(
      "--break-glass", args.break_glass,
      "Emergency: why it cannot wait, 20 characters or more. The custodian is told at "
      "once and reviews it; one child, one read");
}

v1::DisclosureContext ContextOf(const AskArgs& args) {
  v1::DisclosureContext context;
  context.set_purpose(args.purpose);
  context.set_lawful_basis(args.basis);
  context.set_special_category_basis(args.special_basis);
  context.set_gateway(args.gateway);
  context.set_agreement(Named("agreements", args.agreement));
  context.set_case_reference(args.case_reference);
  context.set_considered_by(args.considered_by);
  context.set_detriment_assessment(args.detriment);
  context.set_on_behalf_of(Named("agencies", args.on_behalf_of));
  if (!args.break_glass.empty()) context.mutable_break_glass()->set_reason(args.break_glass);
  return context;
}

void AddPublishOptions(CLI::App& command, PublishArgs& args) {
  command
      .add_option("--file", args.file,
                  "The request, as proto3 JSON or protobuf text; - for standard input")
      ->required();
  command.add_option("--subject", args.subject, "The child, where the file does not say");
  command.add_option("--etag", args.etag, "Of the version that this one supersedes");
  AddWriteOptions(command, args.write);
}

void PrintPublished(const v1::PublishedRecord& published, std::ostream& out) {
  if (published.name().empty()) {
    out << "valid; nothing was stored\n";
    return;
  }
  out << "published " << published.name() << " version " << published.version() << "\netag "
      << published.etag() << "\n";
}

}  // namespace ehchub
