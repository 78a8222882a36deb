// EHC_RETURN_IF_ERROR(expr)         returns the status of `expr` unless it is OK
// EHC_ASSIGN_OR_RETURN(lhs, expr)   assigns the value of a StatusOr, or returns its status
// EHC_CHECK(condition)              aborts on a broken invariant; never for input, a peer or a disk
#ifndef EHC_SERVER_BASE_STATUS_MACROS_H_
#define EHC_SERVER_BASE_STATUS_MACROS_H_

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define EHC_MACRO_CONCAT_INNER(a, b) a##b
#define EHC_MACRO_CONCAT(a, b) EHC_MACRO_CONCAT_INNER(a, b)

#define EHC_RETURN_IF_ERROR(expr)                                  \
  do {                                                             \
    ::absl::Status ehc_status_ = (expr);                           \
    if (ABSL_PREDICT_FALSE(!ehc_status_.ok())) return ehc_status_; \
  } while (false)

#define EHC_ASSIGN_OR_RETURN(lhs, expr) \
  EHC_ASSIGN_OR_RETURN_IMPL(EHC_MACRO_CONCAT(ehc_statusor_, __COUNTER__), lhs, expr)

#define EHC_ASSIGN_OR_RETURN_IMPL(statusor, lhs, expr)                         \
  auto statusor = (expr);                                                      \
  if (ABSL_PREDICT_FALSE(!statusor.ok())) return std::move(statusor).status(); \
  lhs = std::move(statusor).value()

// Prints the condition's source text only, never a value.
#define EHC_CHECK(condition)                                                             \
  do {                                                                                   \
    if (ABSL_PREDICT_FALSE(!(condition))) {                                              \
      std::fprintf(stderr, "%s:%d: check failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)

#endif  // EHC_SERVER_BASE_STATUS_MACROS_H_
