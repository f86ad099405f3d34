-- For Neovim 0.11 and later: vim.lsp.enable('beamtalk').
return {
  cmd = { 'beamtalk', 'lsp' },
  filetypes = { 'beamtalk' },
  handlers = require('beamtalk').handlers,
  root_markers = { 'beamtalk.toml', '.git' },
}
