// fal's own proxy package behind node's HTTP server. What it sends to fal.ai goes to the demo server in its place.
// Arguments: the package's folder, the demo server's base URL, its key, the token that a team's members have.
const http = require("node:http");
const [, , folder, base, key, token] = process.argv;
const real = { "https://queue.fal.run": "queue", "https://fal.run": "run", "https://rest.fal.ai": "rest" };
const send = globalThis.fetch;

globalThis.fetch = async (url, options) => {
  for (const [host, name] of Object.entries(real)) {
    if (url.startsWith(`${host}/`)) url = `${base}/${name}${url.slice(host.length)}`;
  }
  const answer = await send(url, options);
  let text = await answer.text();
  for (const [host, name] of Object.entries(real)) text = text.replaceAll(`${base}/${name}`, host);
  return new Response(text, { status: answer.status, headers: answer.headers });
};

const proxy = require(folder);
const config = proxy.resolveProxyConfig({
  isAuthenticated: async (behavior) => behavior.getHeader("authorization") === `Bearer ${token}`,
  resolveFalAuth: async () => `Key ${key}`,
  allowUnauthorizedRequests: false,
});

http
  .createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    await proxy.handleRequest(
      {
        id: "node",
        method: request.method,
        getRequestBody: async () => Buffer.concat(pieces).toString(),
        getHeaders: () => request.headers,
        getHeader: (name) => request.headers[name.toLowerCase()],
        sendHeader: (name, value) => response.setHeader(name, value),
        respondWith: (status, data) => {
          response.writeHead(status, { "content-type": "application/json" });
          response.end(JSON.stringify(data));
        },
        sendResponse: async (answer) => {
          response.statusCode = answer.status;
          response.end(Buffer.from(await answer.arrayBuffer()));
        },
        resolveApiKey: async () => undefined,
      },
      config,
    );
  })
  .listen(0, "127.0.0.1", function () {
    console.log(this.address().port);
  });
