%% @doc Primitives of `FileHandle': an open file, which is a process linked to the one that opened it.
-module(beamtalk_file_handle).

-export([opened/2, open_handles/0]).
-export([lines/1, 'read:'/2, readAll/1, 'write:'/2, 'writeLine:'/2, position/1, 'seek:'/2, flush/1]).
-export([sync/1, close/1, isOpen/1, path/1]).

-type handle() :: #{'__class__' := module(), device := pid(), path := binary()}.

-define(OPEN, '$bt_open_files').
-define(CHUNK, 65536).

%% The handle of a file that this process has just opened.
-spec opened(pid(), binary()) -> handle().
opened(Device, Path) ->
    Handle = #{'__class__' => 'bt@stdlib@FileHandle', device => Device, path => Path},
    put(?OPEN, [Handle | still_open()]),
    Handle.

%% The handles that this process has opened and not closed.
-spec open_handles() -> [handle()].
open_handles() -> lists:reverse(still_open()).

still_open() ->
    case get(?OPEN) of
        undefined -> [];
        Handles -> [H || H <- Handles, isOpen(H)]
    end.

-spec lines(handle()) -> map().
lines(#{device := Device, path := Path}) -> beamtalk_file:line_stream(Device, Path).

-spec 'read:'(handle(), term()) -> beamtalk_result:result().
'read:'(#{device := Device} = Self, Count) ->
    case file:read(Device, beamtalk_check:non_negative(Count, 'FileHandle', 'read:')) of
        {ok, Bytes} -> beamtalk_result:ok(Bytes);
        eof -> beamtalk_result:ok(<<>>);
        {error, Reason} -> failure(Self, 'read:', Reason)
    end.

-spec readAll(handle()) -> beamtalk_result:result().
readAll(Self) -> read_all(Self, []).

read_all(#{device := Device} = Self, Chunks) ->
    case file:read(Device, ?CHUNK) of
        {ok, Bytes} -> read_all(Self, [Bytes | Chunks]);
        eof -> beamtalk_result:ok(iolist_to_binary(lists:reverse(Chunks)));
        {error, Reason} -> failure(Self, readAll, Reason)
    end.

-spec 'write:'(handle(), term()) -> beamtalk_result:result().
'write:'(Self, Data) -> write(Self, beamtalk_check:string(Data, 'FileHandle', 'write:'), 'write:').

-spec 'writeLine:'(handle(), term()) -> beamtalk_result:result().
'writeLine:'(Self, Data) ->
    Text = beamtalk_check:string(Data, 'FileHandle', 'writeLine:'),
    write(Self, [Text, $\n], 'writeLine:').

write(#{device := Device} = Self, Data, Selector) -> answer(file:write(Device, Data), Self, Selector).

-spec position(handle()) -> beamtalk_result:result().
position(#{device := Device} = Self) -> answer(file:position(Device, cur), Self, position).

-spec 'seek:'(handle(), term()) -> beamtalk_result:result().
'seek:'(#{device := Device} = Self, Offset) ->
    Position = beamtalk_check:non_negative(Offset, 'FileHandle', 'seek:'),
    answer(file:position(Device, Position), Self, 'seek:').

%% What is written goes to the system at once; an open file has nothing to flush.
-spec flush(handle()) -> beamtalk_result:result().
flush(Self) ->
    case isOpen(Self) of
        true -> beamtalk_result:ok(nil);
        false -> failure(Self, flush, terminated)
    end.

-spec sync(handle()) -> beamtalk_result:result().
sync(#{device := Device} = Self) -> answer(file:sync(Device), Self, sync).

-spec close(handle()) -> beamtalk_result:result().
close(#{device := Device} = Self) ->
    Answer = answer(file:close(Device), Self, close),
    put(?OPEN, still_open()),
    Answer.

-spec isOpen(handle()) -> boolean().
isOpen(#{device := Device}) -> beamtalk_pid:isAlive(Device).

-spec path(handle()) -> binary().
path(#{path := Path}) -> Path.

answer(ok, _, _) -> beamtalk_result:ok(nil);
answer({ok, Value}, _, _) -> beamtalk_result:ok(Value);
answer({error, Reason}, Self, Selector) -> failure(Self, Selector, Reason).

failure(#{path := Path}, Selector, Reason) ->
    beamtalk_file:failure('FileHandle', Selector, Path, Reason).
