" Neovim 0.12 takes *.bt for bpftrace.
autocmd BufRead,BufNewFile *.bt,*.btscript
      \ if getline(1) !~# '^#!.*\<bpftrace\>' | set filetype=beamtalk | endif
