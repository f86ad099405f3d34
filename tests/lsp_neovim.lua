-- Drives the language server in a headless Neovim and writes what it saw as JSON.
-- Arguments come in g:test: root, result, and for the part with a workspace `ready`.

local test = vim.g.test
local seen = {}

local function wait(condition)
  return vim.wait(20000, condition, 50)
end

local function request(method, params)
  local answers = vim.lsp.buf_request_sync(0, method, params, 10000) or {}
  for _, answer in pairs(answers) do
    if answer.error then return nil, answer.error.message end
    return answer.result
  end
end

local function at(line, column)
  vim.api.nvim_win_set_cursor(0, { line, column })
  return vim.lsp.util.make_position_params(0, 'utf-16')
end

local function open(name)
  vim.cmd('edit ' .. test.root .. '/' .. name)
  wait(function() return #vim.lsp.buf_get_clients(0) > 0 end)
end

local function messages()
  local found = {}
  for _, each in ipairs(vim.diagnostic.get(0)) do table.insert(found, each.message) end
  table.sort(found)
  return found
end

local function completions()
  local result = request('textDocument/completion', at(4, 6))
  local found = {}
  for _, item in ipairs(result and result.items or {}) do found[item.label] = item.detail end
  return found
end

local function static_part()
  open('src/Main.bt')
  wait(function() return #vim.diagnostic.get(0) > 0 end)
  seen.diagnostics = messages()
  seen.completion = completions()
  local hover = request('textDocument/hover', at(3, 10))
  seen.hover = hover and hover.contents.value
  local params = at(3, 10)
  params.newName = 'Tally'
  local edit, problem = request('textDocument/rename', params)
  seen.problem = problem
  if edit then vim.lsp.util.apply_workspace_edit(edit, 'utf-16') end
  seen.renamed = vim.api.nvim_buf_get_lines(0, 0, -1, false)
  vim.cmd('silent! wall')
  open('src/Spaced.bt')
  wait(function() return request('textDocument/documentSymbol', { textDocument = vim.lsp.util.make_text_document_params() }) ~= nil end)
  if vim.lsp.buf.format then vim.lsp.buf.format() else vim.lsp.buf.formatting_sync({}, 5000) end
  seen.status = require('beamtalk').status()
  seen.formatted = vim.api.nvim_buf_get_lines(0, 0, -1, false)
end

local function live_part()
  open('src/Main.bt')
  wait(function() return next(completions()) ~= nil end)
  vim.fn.writefile({ 'ready' }, test.ready)
  wait(function() return completions()['shine'] ~= nil end)
  seen.completion = completions()
  seen.modified = vim.bo.modified
  seen.status = require('beamtalk').status()
end

local ok, problem = pcall(test.ready and live_part or static_part)
if not ok then seen.problem = tostring(problem) end
vim.fn.writefile({ vim.fn.json_encode(seen) }, test.result)
vim.cmd('qall!')
