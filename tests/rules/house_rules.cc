#include "tests/rules/house_rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace ehc {
namespace {

// docs/design/house.md.
const std::map<std::string, int>& Layers() {
  static const auto* const layers = new std::map<std::string, int>{
      {"base", 0},      {"model", 1},    {"storage", 2},   {"identity", 2}, {"policy", 2},
      {"redaction", 2}, {"audit", 2},    {"matching", 2},  {"pathway", 2},  {"pipeline", 3},
      {"enrolment", 3}, {"services", 4}, {"transport", 5}, {"app", 6}};
  return *layers;
}

// A library whose headers may be included only by files whose path starts with one of `rooms`.
struct Confined {
  std::string library;
  std::regex header;
  std::vector<std::string> rooms;
};

const std::vector<Confined>& ConfinedLibraries() {
  static const auto* const libraries = new std::vector<Confined>{
      {"gRPC",
       std::regex("grpc(pp|\\+\\+)?/.*|.*\\.grpc\\.pb\\.h"),
       {"server/transport/", "client-sdk/src/internal/"}},
      {"SQLite", std::regex("sqlite3(ext)?\\.h"), {"server/storage/sqlite/"}},
      {"libpq",
       std::regex("(postgresql/)?libpq(-fe|-events)?(/.*)?\\.h"),
       {"server/storage/postgres/"}},
      {"ICU", std::regex("unicode/.*"), {"server/matching/fold.cc"}},
      {"OpenSSL",
       std::regex("openssl/.*|jwt/.*"),
       {"server/base/aead.cc", "server/base/crypto", "server/base/secret_bytes.cc",
        "server/base/signature.cc", "server/enrolment/", "server/identity/",
        "server/storage/sealing", "server/transport/", "client-sdk/src/internal/"}},
  };
  return *libraries;
}

struct Include {
  int line;
  std::string target;
  bool quoted;
};

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<Include> IncludesOf(const SourceFile& file) {
  static const std::regex pattern(R"(^\s*#\s*include\s*(["<])([^">]+)[">].*)");
  std::vector<Include> includes;
  int number = 0;
  for (const std::string& line : LinesOf(file.text)) {
    ++number;
    std::smatch match;
    if (line.find("include") != std::string::npos && std::regex_match(line, match, pattern)) {
      includes.push_back({number, match[2], match[1] == "\""});
    }
  }
  return includes;
}

bool StartsWith(const std::string& text, const std::string& prefix) {
  return text.rfind(prefix, 0) == 0;
}

bool EndsWith(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() &&
         text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

bool IsCode(const std::string& path) { return EndsWith(path, ".cc") || EndsWith(path, ".h"); }

bool IsIn(const std::string& path, const std::string& folder) {
  return StartsWith(path, folder + "/");
}

std::string Breach(const std::string& path, int line, const std::string& what) {
  return path + ":" + std::to_string(line) + ": " + what;
}

// "server/storage/sqlite/db.h" → "storage"; nothing when the path is not in a folder of server/.
std::optional<std::string> ServerFolder(const std::string& path) {
  if (!IsIn(path, "server")) return std::nullopt;
  const size_t start = std::string("server/").size();
  const size_t end = path.find('/', start);
  if (end == std::string::npos) return std::nullopt;
  return path.substr(start, end - start);
}

std::optional<int> LayerOf(const std::string& folder) {
  const auto found = Layers().find(folder);
  if (found == Layers().end()) return std::nullopt;
  return found->second;
}

bool MayUse(const std::string& from, const std::string& to) {
  return from == to || LayerOf(to).value_or(99) < LayerOf(from).value_or(-1);
}

bool IsBackend(const std::string& path) {
  return IsIn(path, "server/storage") && std::count(path.begin(), path.end(), '/') > 2;
}

// Nothing when `from` (a file in server/<folder>) may include `target`.
std::optional<std::string> WhyNotInclude(const std::string& folder, const Include& include) {
  static const std::regex rooted(
      "(server|ehc|google|absl|gtest|gmock|grpc(pp)?|openssl|nlohmann|CLI|fmt|jwt|benchmark)/.*");
  if (include.target.find("..") != std::string::npos) return "includes a relative path";
  if (include.quoted && !std::regex_match(include.target, rooted)) {
    return "includes \"" + include.target +
           "\", not written from the repository's root (or not for the server)";
  }
  const std::optional<std::string> other = ServerFolder(include.target);
  if (!other) return std::nullopt;
  if (!LayerOf(*other)) return "includes server/" + *other + "/, which has no layer";
  if (include.target == "server/storage/store.h" && *LayerOf(folder) >= 2) return std::nullopt;
  if (!MayUse(folder, *other)) {
    return "server/" + folder + "/ (L" + std::to_string(*LayerOf(folder)) + ") includes " +
           include.target + " (L" + std::to_string(*LayerOf(*other)) + ")";
  }
  if (IsBackend(include.target) && folder != "storage" && folder != "app") {
    return "server/" + folder + "/ includes a storage backend, " + include.target;
  }
  return std::nullopt;
}

// "ehc_storage_sqlite" → "storage".
std::optional<std::string> FolderOfLibrary(const std::string& name) {
  for (const auto& [folder, layer] : Layers()) {
    if (name == "ehc_" + folder || StartsWith(name, "ehc_" + folder + "_")) return folder;
  }
  return std::nullopt;
}

std::string GuardFor(std::string path) {
  for (char& c : path)
    c = std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(c)) : '_';
  return path + "_";
}

std::vector<std::string> GuardsAccepted(const std::string& path) {
  static const std::string public_root = "client-sdk/include/";
  std::vector<std::string> guards = {"EHC_" + GuardFor(path)};
  if (StartsWith(path, public_root)) guards.push_back(GuardFor(path.substr(public_root.size())));
  return guards;
}

bool HasGuard(const std::string& text, const std::string& guard) {
  return text.find("#ifndef " + guard + "\n#define " + guard + "\n") != std::string::npos;
}

}  // namespace

Breaches CheckLayers(const SourceTree& tree) {
  Breaches breaches;
  for (const SourceFile& file : tree) {
    const std::optional<std::string> folder = ServerFolder(file.path);
    if (!folder || !IsCode(file.path)) continue;
    if (!LayerOf(*folder)) {
      breaches.push_back(Breach(file.path, 1, "server/" + *folder + "/ has no layer"));
      continue;
    }
    for (const Include& include : IncludesOf(file)) {
      const std::optional<std::string> why = WhyNotInclude(*folder, include);
      if (why) breaches.push_back(Breach(file.path, include.line, *why));
    }
  }
  return breaches;
}

Breaches CheckLinkage(const SourceTree& tree) {
  static const std::regex library("\\behc_[a-z0-9_]+");
  Breaches breaches;
  for (const SourceFile& file : tree) {
    const std::optional<std::string> folder = ServerFolder(file.path);
    if (!folder || !EndsWith(file.path, "/CMakeLists.txt") || !LayerOf(*folder)) continue;
    int number = 0;
    for (const std::string& line : LinesOf(file.text)) {
      ++number;
      const std::string code = line.substr(0, line.find('#'));
      for (std::sregex_iterator it(code.begin(), code.end(), library), end; it != end; ++it) {
        const std::string name = it->str();
        const std::optional<std::string> other = FolderOfLibrary(name);
        // store.h is an interface: a layer-2 folder that includes it may link the library that
        // carries it.
        const bool by_store = name == "ehc_storage" && *LayerOf(*folder) >= 2;
        if (other && !by_store && !MayUse(*folder, *other)) {
          breaches.push_back(Breach(file.path, number, "server/" + *folder + "/ links " + name));
        }
      }
    }
  }
  return breaches;
}

Breaches CheckConfinement(const SourceTree& tree) {
  Breaches breaches;
  for (const SourceFile& file : tree) {
    if (!IsCode(file.path) || !(IsIn(file.path, "server") || IsIn(file.path, "client-sdk")))
      continue;
    for (const Include& include : IncludesOf(file)) {
      for (const Confined& confined : ConfinedLibraries()) {
        const auto is_home = [&](const std::string& room) { return StartsWith(file.path, room); };
        if (std::regex_match(include.target, confined.header) &&
            std::none_of(confined.rooms.begin(), confined.rooms.end(), is_home)) {
          breaches.push_back(
              Breach(file.path, include.line, confined.library + " header " + include.target));
        }
      }
    }
  }
  return breaches;
}

Breaches CheckSdkBoundary(const SourceTree& tree) {
  Breaches breaches;
  for (const SourceFile& file : tree) {
    if (!IsCode(file.path)) continue;
    const bool in_sdk = IsIn(file.path, "client-sdk");
    const bool in_server = IsIn(file.path, "server");
    const bool is_public = IsIn(file.path, "client-sdk/include");
    for (const Include& include : IncludesOf(file)) {
      const bool to_sdk =
          StartsWith(include.target, "client-sdk/") || StartsWith(include.target, "ehchub/");
      const bool to_tests = StartsWith(include.target, "tests/");
      const bool shared =
          (IsIn(file.path, "client-sdk/src") || IsIn(file.path, "client-sdk/cli")) &&
          (IsIn(include.target, "server/base") || IsIn(include.target, "server/model") ||
           (IsIn(file.path, "client-sdk/cli") && IsIn(include.target, "server/matching")));
      const bool crosses = (in_sdk && !shared && StartsWith(include.target, "server/")) ||
                           (in_server && to_sdk) ||
                           (is_public && StartsWith(include.target, "client-sdk/src/")) ||
                           ((in_sdk || in_server) && to_tests);
      if (crosses)
        breaches.push_back(Breach(file.path, include.line, "includes " + include.target));
    }
  }
  return breaches;
}

Breaches CheckHeaderGuards(const SourceTree& tree) {
  Breaches breaches;
  for (const SourceFile& file : tree) {
    if (!EndsWith(file.path, ".h")) continue;
    const std::vector<std::string> guards = GuardsAccepted(file.path);
    const auto is_there = [&](const std::string& guard) { return HasGuard(file.text, guard); };
    if (std::none_of(guards.begin(), guards.end(), is_there)) {
      breaches.push_back(Breach(file.path, 1, "lacks the guard " + guards.back()));
    }
    if (file.text.find("\n#pragma once") != std::string::npos ||
        StartsWith(file.text, "#pragma once")) {
      breaches.push_back(Breach(file.path, 1, "uses #pragma once"));
    }
  }
  return breaches;
}

Breaches CheckNoKeys(const SourceTree& tree) {
  // The armour and then key material: code that only speaks of the armour is no key.
  static const std::regex key(
      "-----BEGIN [A-Z ]*PRIVATE KEY-----(\\\\n|[\\s\"])+[A-Za-z0-9+/]{24}");
  static const std::array<std::string, 5> endings = {".key", ".p12", ".pfx", ".jks", ".kek"};
  Breaches breaches;
  for (const SourceFile& file : tree) {
    const auto is_ending = [&](const std::string& ending) { return EndsWith(file.path, ending); };
    if (std::any_of(endings.begin(), endings.end(), is_ending)) {
      breaches.push_back(Breach(file.path, 1, "is named as a private key"));
    } else if (file.text.find("PRIVATE KEY-----") != std::string::npos &&
               std::regex_search(file.text, key)) {
      breaches.push_back(Breach(file.path, 1, "contains a private key"));
    }
  }
  return breaches;
}

}  // namespace ehc
