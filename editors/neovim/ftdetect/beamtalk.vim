autocmd BufRead,BufNewFile *.bt,*.btscript setfiletype beamtalk
