-- Attaches buffers to the Beamtalk language server, one server for each project.
-- Works with Neovim 0.7 and later. Set vim.g.beamtalk_command to a list to run another command.

local M = {}

-- Clients by the root of their project, for versions of Neovim that do not keep them themselves.
local clients = {}

local function root_of(file)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  while true do
    if vim.fn.filereadable(folder .. '/beamtalk.toml') == 1 then return folder end
    local parent = vim.fn.fnamemodify(folder, ':h')
    if parent == folder then return vim.fn.fnamemodify(file, ':p:h') end
    folder = parent
  end
end

--- What the server says of the workspaces, for status lines.
function M.status()
  return M.last_status or ''
end

-- The server says in words how the workspaces stand: none, connecting, connected, restarted, gone, several.
local function on_status(_, result)
  local summary = result and result.summary
  M.last_status = summary and ('beamtalk: ' .. summary.text) or ''
  vim.cmd('redrawstatus!')
end

--- Handlers of what the server tells beyond the protocol.
M.handlers = { ['beamtalk/statusChanged'] = on_status }

--- Neovim 0.12 answers a refresh of findings by asking for those of the workspace, where a server has
--- them, and passes over those of the files that are open.
function M.on_init(client)
  local provider = client.server_capabilities.diagnosticProvider
  if type(provider) == 'table' then provider.workspaceDiagnostics = false end
end

local function config(root)
  local command = vim.g.beamtalk_command or { 'beamtalk' }
  local cmd = vim.list_extend(vim.list_extend({}, command), { 'lsp' })
  return {
    name = 'beamtalk',
    cmd = cmd,
    root_dir = root,
    workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },
    handlers = M.handlers,
    on_init = M.on_init,
  }
end

--- Attaches a buffer; the present one unless said.
function M.attach(buffer)
  buffer = buffer or vim.api.nvim_get_current_buf()
  local file = vim.api.nvim_buf_get_name(buffer)
  if file == '' then return end
  local root = root_of(file)
  if vim.lsp.start then return vim.lsp.start(config(root), { bufnr = buffer }) end
  local id = clients[root]
  if id == nil or vim.lsp.client_is_stopped(id) then
    id = vim.lsp.start_client(config(root))
    clients[root] = id
  end
  if id ~= nil then vim.lsp.buf_attach_client(buffer, id) end
  return id
end

return M
