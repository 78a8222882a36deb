// ehcctl directory …
#include "client-sdk/cli/commands.h"
#include "client-sdk/cli/message_options.h"
#include "ehchub/directory_client.h"

namespace ehchub {

void AddDirectoryCommands(CLI::App& app, Action* chosen) {
  const MessageOption name{"NAME", "name", "services/…", true};
  CLI::App* group = AddGroup(app, "directory", "Services for families: nothing about any person");
  AddMessageCommand(
      *group, "publish", "Publish a service, or its next version", chosen,
      &DirectoryClient::PublishService,
      {{"LOCAL_ID", "service.local_id", "Your own name of it, such as saturday-club", true},
       {"--title", "service.title", "What it is called", true},
       {"--description", "service.description", "What it is, in plain words", true},
       {"--tier", "service.tier", "universal, targeted or specialist", true},
       {"--criterion", "service.criteria", "Who is eligible; may be repeated"},
       {"--apply", "service.how_to_apply", "How to ask for it", true},
       {"--contact", "service.contact.display_name", "Which office to ask", true},
       {"--telephone", "service.contact.telephone", "Its telephone"},
       {"--email", "service.contact.email", "Its e-mail"},
       {"--web", "service.contact.web", "Its page"},
       {"--area", "service.areas", "Authorities' areas by DfE number; everywhere unless told"},
       {"--from-age", "service.from_age", "The least age"},
       {"--to-age", "service.to_age", "The greatest age"},
       {"--need", "service.needs", "Types of need"},
       {"--easy-read", "service.easy_read_link", "Where the Easy Read pages are"},
       {"--film", "service.film_link", "Where a film is"},
       {"--until", "service.valid_until", "The last day on which it is offered"}});
  AddMessageCommand(*group, "withdraw", "Take a service out", chosen,
                    &DirectoryClient::WithdrawService, {name});
  AddMessageCommand(*group, "get", "One service", chosen, &DirectoryClient::GetService, {name});
  AddMessageCommand(*group, "search", "Services that fit", chosen, &DirectoryClient::SearchServices,
                    {{"--text", "text", "Words in it"},
                     {"--tier", "tier", "universal, targeted or specialist"},
                     {"--area", "area", "Only what serves this area"},
                     {"--age", "age", "Only for this age"}});
}

}  // namespace ehchub
