#include "server/storage/sqlite/database.h"

#include <sys/stat.h>

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace ehc {
namespace {

// Pages are read into the connection's own cache. Mapping the file instead would be dearer: SQLite
// gives the mapping up whenever another connection has committed, and each page then faults again.
constexpr char kReaderSettings[] =
    "PRAGMA cache_size = -8192; PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;";

// FULL: a commit returns after its frames are synced. Deleted keys and replaced values are
// overwritten. The store checkpoints by itself, so that no acknowledgement waits for it.
constexpr char kWriterSettings[] =
    "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -16384;"
    "PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;"
    "PRAGMA temp_store = MEMORY;";

absl::string_view Explanation(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return "the disk is full";
    case SQLITE_READONLY: return "the file or its file system is read-only";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another process holds the file";
    case SQLITE_CANTOPEN: return "the file cannot be opened";
    case SQLITE_IOERR: return "the disk refused";
    default: return sqlite3_errstr(code);
  }
}

std::string UriEscaped(const std::string& path) {
  std::string escaped;
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      absl::StrAppend(&escaped, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    } else {
      escaped.push_back(c);
    }
  }
  return escaped;
}

}  // namespace

absl::Status SqliteStatus(int code) {
  const int primary = code & 0xff;
  if (primary == SQLITE_OK || primary == SQLITE_ROW || primary == SQLITE_DONE) {
    return absl::OkStatus();
  }
  const std::string text = absl::StrCat("store: ", Explanation(code), " (SQLite ", code, ")");
  switch (primary) {
    case SQLITE_CONSTRAINT: return absl::AlreadyExistsError(text);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return absl::DataLossError(text);
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH: return absl::InternalError(text);
    default: return absl::UnavailableError(text);
  }
}

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const std::string& path, int flags) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Database> database(new Database(handle));
  EHC_RETURN_IF_ERROR(SqliteStatus(code));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, 2000);
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenWriter(const std::string& path) {
  EHC_ASSIGN_OR_RETURN(auto database, Open(path, SQLITE_OPEN_READWRITE));
  EHC_RETURN_IF_ERROR(database->Execute(kWriterSettings));
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenReader(const std::string& path) {
  // Read-write, because a reader of a WAL also keeps the shared index; query_only bars the rest.
  EHC_ASSIGN_OR_RETURN(auto database, Open(path, SQLITE_OPEN_READWRITE));
  EHC_RETURN_IF_ERROR(database->Execute(kReaderSettings));
  return database;
}

absl::StatusOr<std::unique_ptr<Database>> Database::OpenUntouched(const std::string& path) {
  struct stat wal {};
  const bool has_wal = ::stat((path + "-wal").c_str(), &wal) == 0 && wal.st_size > 0;
  if (!has_wal) {
    const std::string uri = absl::StrCat("file:", UriEscaped(path), "?immutable=1");
    return Open(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  }
  // Alone with the file, SQLite keeps the WAL's index in memory; the WAL stays where and as it is.
  EHC_ASSIGN_OR_RETURN(auto database, Open(path, SQLITE_OPEN_READWRITE));
  sqlite3_db_config(database->handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  EHC_RETURN_IF_ERROR(
      database->Execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON;"
                        "PRAGMA wal_autocheckpoint = 0"));
  return database;
}

Database::~Database() {
  for (sqlite3_stmt* statement : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(handle_);
}

absl::Status Database::Execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) failure_ = code;
  return SqliteStatus(code);
}

absl::StatusOr<int64_t> Database::QueryInteger(const char* sql) {
  Query query(*this, sql);
  if (query.Next()) return query.Integer(0);
  EHC_RETURN_IF_ERROR(query.status());
  return absl::NotFoundError("store: the query has no row");
}

sqlite3_stmt* Database::Prepared(Sql sql) {
  sqlite3_stmt*& statement = statements_[static_cast<size_t>(sql)];
  if (statement != nullptr) return statement;
  const absl::string_view text = SqlText(sql);
  const int code = sqlite3_prepare_v3(handle_, text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) failure_ = code;
  return statement;
}

Query::Query(Database& database, Sql sql)
    : database_(database), statement_(database.Prepared(sql)) {
  if (statement_ == nullptr) code_ = database.failure();
}

Query::Query(Database& database, const std::string& sql) : database_(database), owned_(true) {
  statement_ = nullptr;
  code_ = sqlite3_prepare_v2(database.handle(), sql.c_str(), static_cast<int>(sql.size()),
                             &statement_, nullptr);
  if (code_ != SQLITE_OK) database.failure_ = code_;
}

Query::~Query() {
  if (owned_) {
    sqlite3_finalize(statement_);
  } else {
    sqlite3_reset(statement_);
  }
}

Query& Query::Bind(int64_t value) {
  sqlite3_bind_int64(statement_, next_parameter_++, value);
  return *this;
}

Query& Query::Bind(absl::string_view blob) {
  // A null pointer would bind NULL.
  const char* const bytes = blob.data() == nullptr ? "" : blob.data();
  sqlite3_bind_blob64(statement_, next_parameter_++, bytes, blob.size(), SQLITE_STATIC);
  return *this;
}

Query& Query::BindText(absl::string_view text) {
  const char* const bytes = text.data() == nullptr ? "" : text.data();
  sqlite3_bind_text64(statement_, next_parameter_++, bytes, text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
  return *this;
}

Query& Query::BindNull() {
  sqlite3_bind_null(statement_, next_parameter_++);
  return *this;
}

bool Query::Next() {
  if (statement_ == nullptr || (code_ != SQLITE_OK && code_ != SQLITE_ROW)) return false;
  code_ = sqlite3_step(statement_);
  if (code_ == SQLITE_ROW) return true;
  if (code_ != SQLITE_DONE) database_.failure_ = code_;
  return false;
}

absl::Status Query::Run() {
  while (Next()) {
  }
  return status();
}

absl::string_view Query::Blob(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return absl::string_view(static_cast<const char*>(bytes), static_cast<size_t>(size));
}

bool Query::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

}  // namespace ehc
