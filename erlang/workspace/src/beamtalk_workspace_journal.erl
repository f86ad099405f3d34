%% @doc A file to which terms are only ever added, and which is readable whatever was killed when: a
%% torn last record is dropped, everything before it is kept. A record is its size, the CRC-32 of its
%% bytes and the bytes of a term. Runs in the caller's process; a file has one writer.
-module(beamtalk_workspace_journal).

-export([open/1, append/2, rewrite/2]).

-define(LARGEST, 16#3FFFFFFF).

%% @doc The terms of a journal in order; a torn end is cut off. A file that is not there is empty.
-spec open(file:filename_all()) -> {ok, [term()]} | {error, file:posix() | badarg | terminated | system_limit}.
open(File) ->
    case file:read_file(File) of
        {ok, Bytes} ->
            {Terms, Whole} = records(Bytes, [], 0),
            case Whole < byte_size(Bytes) of
                true -> cut(File, Whole, Terms);
                false -> {ok, Terms}
            end;
        {error, enoent} -> {ok, []};
        {error, Reason} -> {error, Reason}
    end.

cut(File, Size, Terms) ->
    case truncated(File, Size) of
        ok -> {ok, Terms};
        {error, Reason} -> {error, Reason}
    end.

records(<<Size:32, Crc:32, Bytes:Size/binary, Rest/binary>>, Terms, Whole) when Size =< ?LARGEST ->
    case erlang:crc32(Bytes) of
        Crc -> records(Rest, [binary_to_term(Bytes) | Terms], Whole + 8 + Size);
        _ -> {lists:reverse(Terms), Whole}
    end;
records(_Torn, Terms, Whole) ->
    {lists:reverse(Terms), Whole}.

%% @doc Adds a term and answers when the disk has it; where that fails, the journal is as before.
%% `none' is the journal of a node that keeps nothing on disk.
-spec append(file:filename_all() | none, term()) -> ok | {error, term()}.
append(none, _Term) ->
    ok;
append(File, Term) ->
    Before = filelib:file_size(File),
    case written(File, [append, raw, binary], record(Term)) of
        ok -> ok;
        {error, Reason} ->
            _ = truncated(File, Before),
            {error, Reason}
    end.

%% @doc Replaces the whole journal by these terms, or leaves it as it was.
-spec rewrite(file:filename_all(), [term()]) -> ok | {error, term()}.
rewrite(File, Terms) ->
    Temporary = unicode:characters_to_list([File, ".new"]),
    case written(Temporary, [write, raw, binary], [record(Term) || Term <- Terms]) of
        ok -> file:rename(Temporary, File);
        {error, Reason} ->
            _ = file:delete(Temporary),
            {error, Reason}
    end.

record(Term) ->
    Bytes = term_to_binary(Term),
    [<<(byte_size(Bytes)):32, (erlang:crc32(Bytes)):32>>, Bytes].

written(File, Modes, Bytes) ->
    case file:open(File, Modes) of
        {ok, Device} ->
            Result = case file:write(Device, Bytes) of
                ok -> file:datasync(Device);
                {error, Reason} -> {error, Reason}
            end,
            Closed = file:close(Device),
            case Result of
                ok -> Closed;
                %% Where a device cannot be told to keep things, there is nothing to wait for.
                {error, einval} -> Closed;
                _ -> Result
            end;
        {error, Reason} -> {error, Reason}
    end.

truncated(File, Size) ->
    case file:open(File, [read, write, raw, binary]) of
        {ok, Device} ->
            {ok, _} = file:position(Device, Size),
            Result = file:truncate(Device),
            _ = file:close(Device),
            Result;
        {error, Reason} -> {error, Reason}
    end.
