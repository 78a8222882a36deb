// Expose: a service of layer 4 behind the front door. One overload per service; each keeps a
// reference.
#ifndef EHC_SERVER_TRANSPORT_SERVICES_H_
#define EHC_SERVER_TRANSPORT_SERVICES_H_

#include <functional>
#include <memory>

namespace grpc {
class Service;
}  // namespace grpc

namespace ehc {

struct Front;
class AgencyAdmin;
class AgreementDesk;
class AuditDesk;
class ConsentDesk;
class CustodyDesk;
class PlanningDesk;
class DirectoryDesk;
class PathwayDesk;
class RecordExchange;
class RetentionDesk;
class SubjectDesk;
class SubscriptionDesk;

using ServiceMaker = std::function<std::shared_ptr<grpc::Service>(const Front&)>;

ServiceMaker Expose(const AgencyAdmin& desk);
ServiceMaker Expose(const AgreementDesk& desk);
ServiceMaker Expose(const AuditDesk& desk);
ServiceMaker Expose(const ConsentDesk& desk);
ServiceMaker Expose(const CustodyDesk& desk);
ServiceMaker Expose(const PlanningDesk& desk);
ServiceMaker Expose(const DirectoryDesk& desk);
ServiceMaker Expose(const PathwayDesk& desk);
ServiceMaker Expose(const RecordExchange& desk);
ServiceMaker Expose(const RetentionDesk& desk);
ServiceMaker Expose(const SubjectDesk& desk);
ServiceMaker Expose(const SubscriptionDesk& desk);

}  // namespace ehc

#endif  // EHC_SERVER_TRANSPORT_SERVICES_H_
