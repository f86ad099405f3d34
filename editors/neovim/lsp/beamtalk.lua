-- For Neovim 0.11 and later: vim.lsp.enable('beamtalk').
return {
  cmd = { 'beamtalk', 'lsp' },
  filetypes = { 'beamtalk' },
  handlers = require('beamtalk').handlers,
  on_init = require('beamtalk').on_init,
  root_markers = { 'beamtalk.toml', '.git' },
}
