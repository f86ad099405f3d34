%% @doc Primitives of `File'. What can fail for reasons outside of the program answers a `Result'
%% whose error is an exception of kind `#io_error' with the system's reason in `details'.
-module(beamtalk_file).

-export(['class exists:'/2, 'class readAll:'/2, 'class writeAll:contents:'/3, 'class readBinary:'/2]).
-export(['class writeBinary:contents:'/3, 'class appendBinary:contents:'/3, 'class lines:'/2]).
-export(['class open:mode:'/3, 'class lastModified:'/2, 'class size:'/2, 'class isDirectory:'/2]).
-export(['class isFile:'/2, 'class mkdir:'/2, 'class mkdirAll:'/2, 'class listDirectory:'/2]).
-export(['class delete:'/2, 'class deleteAll:'/2, 'class rename:to:'/3, 'class copy:to:'/3]).
-export(['class absolutePath:'/2, 'class cwd'/1, 'class tempDirectory'/1, 'class openHandles'/1]).
-export([failure/4, line_stream/2]).

-include_lib("kernel/include/file.hrl").

-define(READ_AHEAD, 65536).

-spec 'class exists:'(term(), term()) -> boolean().
'class exists:'(_, Path) -> file:read_file_info(path(Path, 'exists:')) =/= {error, enoent}.

-spec 'class readAll:'(term(), term()) -> beamtalk_result:result().
'class readAll:'(_, Path) ->
    case file:read_file(path(Path, 'readAll:')) of
        {ok, Bytes} -> text(Bytes, Path);
        {error, Reason} -> failure('File', 'readAll:', Path, Reason)
    end.

text(Bytes, Path) ->
    case unicode:characters_to_binary(Bytes) of
        Bytes -> beamtalk_result:ok(Bytes);
        _ -> failure('File', 'readAll:', Path, not_utf8)
    end.

-spec 'class writeAll:contents:'(term(), term(), term()) -> beamtalk_result:result().
'class writeAll:contents:'(_, Path, Contents) -> write(Path, Contents, [], 'writeAll:contents:').

-spec 'class readBinary:'(term(), term()) -> beamtalk_result:result().
'class readBinary:'(_, Path) -> answer(file:read_file(path(Path, 'readBinary:')), 'readBinary:', Path).

-spec 'class writeBinary:contents:'(term(), term(), term()) -> beamtalk_result:result().
'class writeBinary:contents:'(_, Path, Contents) -> write(Path, Contents, [], 'writeBinary:contents:').

-spec 'class appendBinary:contents:'(term(), term(), term()) -> beamtalk_result:result().
'class appendBinary:contents:'(_, Path, Contents) ->
    write(Path, Contents, [append], 'appendBinary:contents:').

write(Path, Contents, Modes, Selector) ->
    Data = beamtalk_check:string(Contents, 'File', Selector),
    answer(file:write_file(path(Path, Selector), Data, Modes), Selector, Path).

%% The file is opened when the stream is run, and once here to know that it can be.
-spec 'class lines:'(term(), term()) -> beamtalk_result:result().
'class lines:'(_, Path) ->
    File = path(Path, 'lines:'),
    case open_lines(File) of
        {ok, Device} ->
            ok = file:close(Device),
            beamtalk_result:ok(lines_of(File, Path));
        {error, Reason} ->
            failure('File', 'lines:', Path, Reason)
    end.

open_lines(File) -> file:open(File, [read, raw, binary, {read_ahead, ?READ_AHEAD}]).

lines_of(File, Path) ->
    Open = fun() ->
        case open_lines(File) of
            {ok, Device} -> Device;
            {error, Reason} -> erlang:error(error_for('File', 'lines:', Path, Reason))
        end
    end,
    Description = ["lines: ", beamtalk_print:print_string(Path)],
    beamtalk_stream:source(Open, next_line('File', Path), fun file:close/1, Description).

next_line(Class, Path) ->
    fun(Device) ->
        case file:read_line(Device) of
            {ok, Line} -> {without_end(Line), Device};
            eof -> done;
            {error, Reason} -> erlang:error(error_for(Class, lines, Path, Reason))
        end
    end.

%% The lines from the position of an open file on; whoever opened it closes it.
-spec line_stream(file:io_device(), binary()) -> map().
line_stream(Device, Path) ->
    Description = ["lines: ", beamtalk_print:print_string(Path)],
    beamtalk_stream:source(fun() -> Device end, next_line('FileHandle', Path), fun(_) -> ok end, Description).

without_end(Line) ->
    Size = byte_size(Line),
    case Line of
        <<Text:(Size - 2)/binary, "\r\n">> when Size >= 2 -> Text;
        <<Text:(Size - 1)/binary, "\n">> -> Text;
        _ -> Line
    end.

-spec 'class open:mode:'(term(), term(), term()) -> beamtalk_result:result().
'class open:mode:'(_, Path, Mode) ->
    File = path(Path, 'open:mode:'),
    case file:open(File, [binary | modes(Mode)]) of
        {ok, Device} -> beamtalk_result:ok(beamtalk_file_handle:opened(Device, Path));
        {error, Reason} -> failure('File', 'open:mode:', Path, Reason)
    end.

modes(read) -> [read, {read_ahead, ?READ_AHEAD}];
modes(write) -> [write];
modes(append) -> [append];
modes(readWrite) -> [read, write];
modes(read_write) -> [read, write];
modes(Mode) ->
    Shown = ["expects #read, #write, #append or #readWrite, got ", beamtalk_print:print_string(Mode)],
    beamtalk_check:invalid('File', 'open:mode:', Shown, nil).

-spec 'class lastModified:'(term(), term()) -> beamtalk_result:result().
'class lastModified:'(_, Path) ->
    case file:read_file_info(path(Path, 'lastModified:'), [{time, posix}]) of
        {ok, #file_info{mtime = Seconds}} -> beamtalk_result:ok(beamtalk_date_time:from_seconds(Seconds, 0));
        {error, Reason} -> failure('File', 'lastModified:', Path, Reason)
    end.

-spec 'class size:'(term(), term()) -> beamtalk_result:result().
'class size:'(_, Path) ->
    case file:read_file_info(path(Path, 'size:')) of
        {ok, #file_info{size = Size}} -> beamtalk_result:ok(Size);
        {error, Reason} -> failure('File', 'size:', Path, Reason)
    end.

-spec 'class isDirectory:'(term(), term()) -> boolean().
'class isDirectory:'(_, Path) -> filelib:is_dir(path(Path, 'isDirectory:')).

-spec 'class isFile:'(term(), term()) -> boolean().
'class isFile:'(_, Path) -> filelib:is_regular(path(Path, 'isFile:')).

-spec 'class mkdir:'(term(), term()) -> beamtalk_result:result().
'class mkdir:'(_, Path) -> answer(file:make_dir(path(Path, 'mkdir:')), 'mkdir:', Path).

-spec 'class mkdirAll:'(term(), term()) -> beamtalk_result:result().
'class mkdirAll:'(_, Path) ->
    answer(filelib:ensure_dir(filename:join(path(Path, 'mkdirAll:'), "x")), 'mkdirAll:', Path).

-spec 'class listDirectory:'(term(), term()) -> beamtalk_result:result().
'class listDirectory:'(_, Path) ->
    case file:list_dir(path(Path, 'listDirectory:')) of
        {ok, Names} -> beamtalk_result:ok(lists:sort([unicode:characters_to_binary(N) || N <- Names]));
        {error, Reason} -> failure('File', 'listDirectory:', Path, Reason)
    end.

-spec 'class delete:'(term(), term()) -> beamtalk_result:result().
'class delete:'(_, Path) ->
    File = path(Path, 'delete:'),
    case filelib:is_dir(File) of
        true -> answer(file:del_dir(File), 'delete:', Path);
        false -> answer(file:delete(File), 'delete:', Path)
    end.

-spec 'class deleteAll:'(term(), term()) -> beamtalk_result:result().
'class deleteAll:'(_, Path) ->
    File = path(Path, 'deleteAll:'),
    case filelib:is_dir(File) of
        true -> answer(file:del_dir_r(File), 'deleteAll:', Path);
        false -> answer(file:delete(File), 'deleteAll:', Path)
    end.

-spec 'class rename:to:'(term(), term(), term()) -> beamtalk_result:result().
'class rename:to:'(_, Path, New) ->
    answer(file:rename(path(Path, 'rename:to:'), path(New, 'rename:to:')), 'rename:to:', Path).

-spec 'class copy:to:'(term(), term(), term()) -> beamtalk_result:result().
'class copy:to:'(_, Path, New) ->
    case file:copy(path(Path, 'copy:to:'), path(New, 'copy:to:')) of
        {ok, _} -> beamtalk_result:ok(nil);
        {error, Reason} -> failure('File', 'copy:to:', Path, Reason)
    end.

-spec 'class absolutePath:'(term(), term()) -> beamtalk_result:result().
'class absolutePath:'(_, Path) ->
    Absolute = filename:absname(path(Path, 'absolutePath:')),
    beamtalk_result:ok(filename:join(resolved(filename:split(Absolute), []))).

resolved([], Parts) -> lists:reverse(Parts);
resolved([<<".">> | Rest], Parts) -> resolved(Rest, Parts);
resolved([<<"..">> | Rest], [_, Above | Parts]) -> resolved(Rest, [Above | Parts]);
resolved([<<"..">> | Rest], Parts) -> resolved(Rest, Parts);
resolved([Part | Rest], Parts) -> resolved(Rest, [Part | Parts]).

-spec 'class cwd'(term()) -> binary().
'class cwd'(_) ->
    {ok, Directory} = file:get_cwd(),
    unicode:characters_to_binary(Directory).

-spec 'class tempDirectory'(term()) -> binary().
'class tempDirectory'(_) ->
    Named = [os:getenv(Name) || Name <- ["TMPDIR", "TEMP", "TMP"]],
    unicode:characters_to_binary(hd([D || D <- Named, D =/= false, D =/= ""] ++ ["/tmp"])).

-spec 'class openHandles'(term()) -> map().
'class openHandles'(_) -> beamtalk_array:'class withAll:'(nil, beamtalk_file_handle:open_handles()).

%%% Paths and failures

path(Path, Selector) ->
    case beamtalk_check:string(Path, 'File', Selector) of
        <<>> -> beamtalk_check:invalid('File', Selector, <<"expects a path, got an empty String">>, nil);
        Text -> Text
    end.

answer(ok, _, _) -> beamtalk_result:ok(nil);
answer({ok, Value}, _, _) -> beamtalk_result:ok(Value);
answer({error, Reason}, Selector, Path) -> failure('File', Selector, Path, Reason).

%% The failure of an operation on a path.
-spec failure(atom(), atom(), binary(), term()) -> beamtalk_result:result().
failure(Class, Selector, Path, Reason) ->
    beamtalk_result:error(error_for(Class, Selector, Path, Reason)).

error_for(Class, Selector, Path, Reason) ->
    Message = io_lib:format("~ts>>~ts ~ts: ~ts", [Class, Selector, Path, words(Reason)]),
    beamtalk_exception:make(io_error, Class, Selector, Message, nil, #{reason => Reason, path => Path}).

words(enoent) -> "no such file or directory";
words(not_utf8) -> "the file is not UTF-8 text; readBinary: reads bytes";
words(Reason) -> file:format_error(Reason).
