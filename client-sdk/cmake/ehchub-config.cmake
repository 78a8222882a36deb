# find_package(ehchub) gives ehchub::sdk. Needs Debian 12's protobuf, gRPC, Abseil and OpenSSL, as the library itself.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
find_dependency(Protobuf) # before gRPC's own package, which else looks for one that Debian lacks
find_dependency(gRPC CONFIG)
find_dependency(absl CONFIG)
find_dependency(OpenSSL)

if(NOT TARGET ehchub::sdk)
  get_filename_component(EHCHUB_PREFIX "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
  set(libraries "")
  foreach(name sdk sdk_assertion model base proto_grpc proto)
    list(APPEND libraries "${EHCHUB_PREFIX}/lib/ehchub/libehc_${name}.a")
  endforeach()
  add_library(ehchub::sdk INTERFACE IMPORTED)
  set_target_properties(ehchub::sdk PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${EHCHUB_PREFIX}/include"
    INTERFACE_COMPILE_FEATURES cxx_std_17
    INTERFACE_LINK_LIBRARIES "${libraries};gRPC::grpc++;protobuf::libprotobuf;absl::any_invocable;absl::flat_hash_map;absl::flat_hash_set;absl::inlined_vector;absl::random_random;absl::status;absl::statusor;absl::str_format;absl::strings;absl::synchronization;absl::time;OpenSSL::SSL;OpenSSL::Crypto;Threads::Threads")
endif()
