-- Sends the queries of a file in turn, each as a GET. A line is the Accept header, a tab, and the
-- percent-encoded query. In "distinct" runs each request gets its own number where the line says _V_.
-- Arguments: FILE PATH STAMP distinct|repeated FIRST; prints one line of JSON when done.

local lines, turn, sent, stamp, distinct, host = {}, 0, 0, "", true, ""

local function split(text)
  local parts, from = {}, 1
  while true do
    local first, last = text:find("_V_", from, true)
    if not first then break end
    parts[#parts + 1] = text:sub(from, first - 1)
    from = last + 1
  end
  parts[#parts + 1] = text:sub(from)
  return parts
end

function init(args)
  local path = args[2]
  stamp, distinct, turn = args[3], args[4] == "distinct", tonumber(args[5])
  for line in io.lines(args[1]) do
    local accept, query = line:match("^([^\t]*)\t(.*)$")
    lines[#lines + 1] = split(
      "GET " .. path .. "?query=" .. query .. " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port ..
      "\r\nAccept: " .. accept .. "\r\n\r\n")
  end
end

function request()
  turn, sent = turn + 1, sent + 1
  local parts = lines[turn % #lines + 1]
  return table.concat(parts, distinct and (stamp .. sent) or "0")
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "failed": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e6,
    latency:percentile(99) / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
