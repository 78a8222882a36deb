// The rooms of the house, as the pipeline walks through them. Everything outlives every call.
#ifndef EHC_SERVER_PIPELINE_ROOMS_H_
#define EHC_SERVER_PIPELINE_ROOMS_H_

#include "server/audit/audit_log.h"
#include "server/base/clock.h"
#include "server/base/stage_times.h"
#include "server/pipeline/desk.h"
#include "server/pipeline/facts.h"
#include "server/pipeline/judge.h"
#include "server/pipeline/names.h"
#include "server/storage/store.h"

namespace ehc {

struct Rooms {
  Store& store;
  const Clock& clock;
  const SubjectNames& names;
  Desk& desk;
  FactsReader& facts;
  Judge& judge;
  AuditLog& audit;
  StageTimes* times = nullptr;  // null: nobody wants to know
};

// How often a call whose facts move under it is decided again before it gives up (UNAVAILABLE).
inline constexpr int kMaxAttempts = 8;

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_ROOMS_H_
