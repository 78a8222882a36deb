// Database    one SQLite connection with its prepared statements
// Query       one run of a prepared statement: bind, step, read columns
//
// Neither is thread safe. Statuses: UNAVAILABLE when the disk or a lock refused, ALREADY_EXISTS for
// a violated uniqueness, DATA_LOSS for a damaged file. Their text never holds a bound value.
#ifndef EHC_SERVER_STORAGE_SQLITE_DATABASE_H_
#define EHC_SERVER_STORAGE_SQLITE_DATABASE_H_

#include <sqlite3.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/crypto.h"
#include "server/storage/sqlite/statements.h"

namespace ehc {

absl::Status SqliteStatus(int extended_code);

class Database {
 public:
  // Opens an existing file. A reader cannot write.
  static absl::StatusOr<std::unique_ptr<Database>> OpenWriter(const std::string& path);
  static absl::StatusOr<std::unique_ptr<Database>> OpenReader(const std::string& path);
  // Reads a file that nobody else has open, with its WAL, and changes not a byte beside or in it.
  static absl::StatusOr<std::unique_ptr<Database>> OpenUntouched(const std::string& path);

  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // For the few statements that run rarely; `sql` holds no values.
  absl::Status Execute(const char* sql);
  absl::StatusOr<int64_t> QueryInteger(const char* sql);

  sqlite3* handle() const { return handle_; }
  bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
  // The extended result code of the last step that failed; SQLITE_OK after ClearFailure().
  int failure() const { return failure_; }
  void ClearFailure() { failure_ = SQLITE_OK; }

 private:
  friend class Query;

  explicit Database(sqlite3* handle) : handle_(handle) { statements_.fill(nullptr); }
  static absl::StatusOr<std::unique_ptr<Database>> Open(const std::string& path, int flags);
  // Prepared at its first use; null when preparing failed, and failure() then says why.
  sqlite3_stmt* Prepared(Sql sql);

  sqlite3* handle_;
  int failure_ = SQLITE_OK;
  std::array<sqlite3_stmt*, kSqlCount> statements_;
};

// Bound views must live until the query is destroyed or reset.
class Query {
 public:
  Query(Database& database, Sql sql);
  // Prepares `sql` for this one use.
  Query(Database& database, const std::string& sql);
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  // Binds the next parameter.
  Query& Bind(int64_t value);
  Query& Bind(absl::string_view blob);
  Query& Bind(const Digest& digest) { return Bind(DigestView(digest)); }
  Query& BindText(absl::string_view text);
  Query& BindNull();
  // NULL for 0, which stands for nobody.
  Query& BindIdOrNull(int64_t id) { return id == 0 ? BindNull() : Bind(id); }

  // True while there is a row; then look at status().
  bool Next();
  // For statements without rows.
  absl::Status Run();
  absl::Status status() const { return SqliteStatus(code_); }

  int64_t Integer(int column) const { return sqlite3_column_int64(statement_, column); }
  // Valid until the next step.
  absl::string_view Blob(int column) const;
  bool IsNull(int column) const;

 private:
  Database& database_;
  sqlite3_stmt* statement_;
  bool owned_ = false;
  int next_parameter_ = 1;
  int code_ = SQLITE_OK;
};

}  // namespace ehc

#endif  // EHC_SERVER_STORAGE_SQLITE_DATABASE_H_
