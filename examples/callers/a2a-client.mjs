// Another agent that starts a mission over A2A and looks at it again.
// mission-control a2a --token-env TOKEN; node examples/callers/a2a-client.mjs URL M001 KEY
import { Role, taskStateToJSON } from "@a2a-js/sdk";
import {
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
} from "@a2a-js/sdk/client";

const [url, mission_id, messageId] = process.argv.slice(2);
const fetchImpl = (to, init) => {
  const headers = new Headers(init?.headers);
  headers.set("authorization", `Bearer ${process.env.TOKEN}`);
  return fetch(to, { ...init, headers });
};
const client = await new ClientFactory({
  transports: [new JsonRpcTransportFactory({ fetchImpl })],
  cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
}).createFromUrl(url);

const content = { $case: "data", value: { mission_id } };
const parts = [{ content, filename: "", mediaType: "application/json" }];
const message = { messageId, contextId: "", taskId: "", role: Role.ROLE_USER, parts };
// The same message starts one run only; it returns when the run waits for a person or has ended.
const { id, status } = await client.sendMessage({
  tenant: "",
  message: { ...message, extensions: [], referenceTaskIds: [] },
});
const said = status.message.parts.map((part) => part.content.value).join("\n");
console.log(JSON.stringify({ id, state: taskStateToJSON(status.state), said }));
