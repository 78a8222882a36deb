#ifndef EHC_TESTS_RULES_SOURCE_TREE_H_
#define EHC_TESTS_RULES_SOURCE_TREE_H_

#include <string>
#include <vector>

namespace ehc {

struct SourceFile {
  std::string path;  // From the repository's root, with '/'.
  std::string text;
};

using SourceTree = std::vector<SourceFile>;

// The files below `root` that git tracks or would track (neither ignored nor deleted). Without git,
// all files outside build/, node_modules/ and hidden folders. Files above 4 MiB are listed with
// empty text.
SourceTree ReadSourceTree(const std::string& root);

}  // namespace ehc

#endif  // EHC_TESTS_RULES_SOURCE_TREE_H_
