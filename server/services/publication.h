// Publishing a version of a record: the write side that plans, health records, care records and
// flags share.
#ifndef EHC_SERVER_SERVICES_PUBLICATION_H_
#define EHC_SERVER_SERVICES_PUBLICATION_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/services/common.h"

namespace ehc {

// What is published, whatever its message was.
struct Publication {
  std::string record_type;
  std::string local_id;
  Badge badge = Badge::kUnspecified;
  absl::Time as_at;
  std::optional<absl::Time> expires_at;
  std::string contact;  // a serialised NamedContact
  std::vector<Part> parts;
  std::string etag;
};

// The next version of the record that the custodian calls local_id. Publishing again what is
// already the newest version changes nothing and answers with that version.
std::shared_ptr<const Mutation> MakePublication(const Desks& desks, Publication publication);

template <typename Req>
absl::StatusOr<Ask> PublicationAsk(const Desks& desks, const Caller& caller, const char* method,
                                   const char* action, const Req& request,
                                   const Publication& publication) {
  absl::Status unit = CheckUnit(caller, request.unit());
  if (!unit.ok()) return unit;
  Ask ask = MutationAsk(desks, method, action, request.request_id(), request);
  absl::StatusOr<SubjectRef> subject = ReadSubject(desks, caller, request.subject());
  if (!subject.ok()) return subject.status();
  ask.subject = *std::move(subject);
  ask.request.record_type = publication.record_type;
  ask.request.custodian = caller.agency();
  ask.request.custodian_unit = ActingUnit(caller, request.unit());
  ask.request.case_reference = request.case_reference();
  for (const Part& part : publication.parts) ask.parts.push_back(part.code);
  ask.validate_only = request.validate_only();
  return ask;
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_PUBLICATION_H_
