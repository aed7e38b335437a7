-- Awards badges to one address after another, for wrk; a key of its own for each, so that none is awarded twice.
--
--   wrk -t2 -c64 -d60s --latency -s issuer/examples/award.lua http://127.0.0.1:8080/api/badges/BADGE/awards -- data/admin-token

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(arguments)
  local file = assert(io.open(arguments[1]))
  token = file:read("l")
  file:close()
  run, sent = os.time(), 0
end

function request()
  sent = sent + 1
  local key = run .. "-" .. number .. "-" .. sent
  local headers = {
    ["Authorization"] = "Bearer " .. token,
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = key,
  }
  local body = '{"recipient": {"email": "' .. key .. '@example.org"}, "format": "jwt"}'
  return wrk.format("POST", nil, headers, body)
end
