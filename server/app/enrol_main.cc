// ehc-enrol: the listener at which an agency asks for its first certificate, with a one-time token.
// It has the enrolment folder and an authority, and neither the store nor any key of the hub's.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "server/app/stop_signals.h"
#include "server/base/clock.h"
#include "server/base/log.h"
#include "server/enrolment/authority.h"
#include "server/enrolment/registrar.h"
#include "server/enrolment/spool.h"
#include "server/transport/enrolment_door.h"
#include "server/transport/platform_setup.h"

namespace {

struct Options {
  std::string spool;
  std::string tls;
  std::string authority_certificate;
  std::string authority_key;
  std::string command;
  std::string drop_folder;
  int days = 397;
  ehc::EnrolmentDoorOptions door;
};

int Fail(const absl::Status& status) {
  std::cerr << "ehc-enrol: " << status.message() << "\n";
  return static_cast<int>(status.code());
}

absl::StatusOr<std::unique_ptr<ehc::CertificateAuthority>> MakeAuthority(const Options& options) {
  if (!options.command.empty()) return ehc::MakeCommandAuthority(options.command);
  if (!options.drop_folder.empty()) return ehc::MakeDropFolderAuthority(options.drop_folder);
  return ehc::MakeDevelopmentAuthority(options.authority_certificate, options.authority_key,
                                       options.days);
}

int Serve(const Options& options) {
  const sigset_t stop = ehc::BlockStopSignals();
  if (absl::Status prepared = ehc::PreparePlatform(); !prepared.ok()) return Fail(prepared);
  const auto spool = ehc::EnrolmentSpool::Open(options.spool);
  if (!spool.ok()) return Fail(spool.status());
  const auto authority = MakeAuthority(options);
  if (!authority.ok()) return Fail(authority.status());
  const ehc::Registrar registrar(*spool, **authority, ehc::SystemClock());
  const auto door = ehc::EnrolmentDoor::Start(options.door, registrar, ehc::SystemClock());
  if (!door.ok()) return Fail(door.status());
  std::cout << "enrolling on " << options.door.address << ":" << (*door)->port() << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  ehc::LogInfo("stopped");
  return 0;
}

void AddOptions(CLI::App& app, Options& options) {
  app.add_option("--spool", options.spool, "the enrolment folder, as `ehc-hub serve` has it")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--tls", options.tls,
                 "folder with hub.key, hub.pem and ca.pem; a key of its own, not the hub's")
      ->required();
  app.add_option("--address", options.door.address, "numeric address to listen on");
  app.add_option("--port", options.door.port, "port to listen on; 0: any");
  app.add_option("--days", options.days, "how long a development certificate is good")
      ->check(CLI::Range(1, 825));
  CLI::Option_group& who = *app.add_option_group("authority", "who signs; one of these");
  CLI::Option* certificate = who.add_option("--ca-certificate", options.authority_certificate,
                                            "a development authority; never for real records");
  who.add_option("--command", options.command,
                 "a program, run as PROGRAM REQUEST.csr CERTIFICATE.pem");
  who.add_option("--drop", options.drop_folder,
                 "a folder: ID.csr appears in it, and somebody puts ID.pem beside it");
  who.require_option(1);
  certificate->needs(
      app.add_option("--ca-key", options.authority_key, "the development authority's key"));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The EHC hub's enrolment listener");
  Options options;
  AddOptions(app, options);
  CLI11_PARSE(app, argc, argv);
  options.door.tls = ehc::TlsFiles::InDirectory(options.tls);
  return Serve(options);
}
