%%% Frames between the bridge and the port program.
%%%
%%% A frame is a packet of at most 256 KiB with a length of four bytes before it:
%%%
%%% <ul>
%%%  <li>`<<131, ...>>': an external term, a whole message;</li>
%%%  <li>`<<1, Stream:32, Size:64>>': a stream of so many bytes begins;</li>
%%%  <li>`<<2, Stream:32, Bytes/binary>>': the next bytes of it;</li>
%%%  <li>`<<3, Stream:32>>': the stream is given up;</li>
%%%  <li>`<<4, Nonce:64, Count:32, (Stream:32)*Count, Term/binary>>': a message in whose term the
%%%      tuples `{'$blob', Nonce, N}' stand for the N-th of these streams.</li>
%%% </ul>
%%%
%%% A message may itself come as a stream; then it is what the completed stream holds. Messages are
%%% `{request, Id, Term}', `{reply, Id, Term}', `{cancel, Id}' and, from Erlang only,
%%% `{push, Topic, Term}'. They are not decoded by the reader but by the process that they are for.
%%%
%%% Pure functions and writes: this code runs in whichever process calls it.
-module(beamtalk_port_frames).

%% Parts of a frame are put together as improper I/O lists: no copy, no empty list at the end.
-dialyzer(no_improper_lists).

-export([new/0, read/2, decode/1, write/2]).
-export_type([streams/0, message/0]).

-define(LIMIT, 262144).
-define(MESSAGE_STREAM, 16#80000000).

-opaque streams() :: #{non_neg_integer() => {non_neg_integer(), binary()}}.
-opaque message() :: {binary(), non_neg_integer(), [binary()]}.

%% @doc No streams.
-spec new() -> streams().
new() -> #{}.

%% @doc Takes in one frame: the message that it completes, and the streams that are still open.
-spec read(binary(), streams()) ->
          {more, streams()} |
          {message, {request | reply | cancel, non_neg_integer()}, message(), streams()}.
read(<<131, _/binary>> = Term, Streams) ->
    {message, kind(Term), {Term, 0, []}, Streams};
read(<<1, Stream:32, Size:64>>, Streams) ->
    {more, Streams#{Stream => {Size, <<>>}}};
read(<<2, Stream:32, Bytes/binary>>, Streams) ->
    case Streams of
        #{Stream := {Size, Got}} -> more(Stream, Size, <<Got/binary, Bytes/binary>>, Streams);
        #{} -> {more, Streams}
    end;
read(<<3, Stream:32>>, Streams) ->
    {more, maps:remove(Stream, Streams)};
read(<<4, Nonce:64, Count:32, Rest/binary>>, Streams) ->
    Length = Count * 4,
    <<Ids:Length/binary, Term/binary>> = Rest,
    Names = [Id || <<Id:32>> <= Ids],
    Blobs = [element(2, maps:get(Id, Streams)) || Id <- Names],
    {message, kind(Term), {Term, Nonce, Blobs}, maps:without(Names, Streams)}.

%% Streams below the mark are blobs, which wait for the message that names them.
more(Stream, Size, Got, Streams) when byte_size(Got) =:= Size, Stream >= ?MESSAGE_STREAM ->
    read(Got, maps:remove(Stream, Streams));
more(Stream, Size, Got, Streams) when byte_size(Got) =< Size ->
    {more, Streams#{Stream := {Size, Got}}}.

%% Kind and id of a message, read without decoding the rest of it.
kind(<<131, 104, _, 119, 7, "request", Id/binary>>) -> {request, id(Id)};
kind(<<131, 104, _, 119, 5, "reply", Id/binary>>) -> {reply, id(Id)};
kind(<<131, 104, _, 119, 6, "cancel", Id/binary>>) -> {cancel, id(Id)}.

id(<<97, Id, _/binary>>) -> Id;
id(<<98, Id:32, _/binary>>) -> Id.

%% @doc The third element of a message.
-spec decode(message()) -> term().
decode({Bytes, _, []}) ->
    element(3, binary_to_term(Bytes));
decode({Bytes, Nonce, Blobs}) ->
    fill(element(3, binary_to_term(Bytes)), Nonce, list_to_tuple(Blobs)).

fill({'$blob', Nonce, At}, Nonce, Blobs) ->
    element(At + 1, Blobs);
fill(Term, Nonce, Blobs) when is_tuple(Term) ->
    list_to_tuple([fill(E, Nonce, Blobs) || E <- tuple_to_list(Term)]);
fill([Head | Tail], Nonce, Blobs) ->
    [fill(Head, Nonce, Blobs) | fill(Tail, Nonce, Blobs)];
fill(Term, Nonce, Blobs) when is_map(Term) ->
    maps:from_list([{fill(K, Nonce, Blobs), fill(V, Nonce, Blobs)} || {K, V} <- maps:to_list(Term)]);
fill(Term, _, _) ->
    Term.

%% @doc Writes a message. Large ones go out in pieces, between which others may write; the caller
%% waits while the bridge does not read.
-spec write(port(), tuple()) -> ok.
write(Port, Message) ->
    Parts = erlang:term_to_iovec(Message, [{minor_version, 2}]),
    case iolist_size(Parts) of
        Size when Size =< ?LIMIT ->
            command(Port, Parts);
        Size ->
            Stream = stream_of(Message),
            command(Port, <<1, Stream:32, Size:64>>),
            write_parts(Port, <<2, Stream:32>>, Parts)
    end.

%% A reply's stream is named by its id, so that the bridge can let go of a reply that never ends.
stream_of({reply, Id, _}) -> Id;
stream_of(_) -> ?MESSAGE_STREAM bor (erlang:unique_integer([positive]) band 16#7fffffff).

write_parts(_, _, []) ->
    ok;
write_parts(Port, Head, [Part | Parts]) when byte_size(Part) =< ?LIMIT ->
    command(Port, [Head | Part]),
    write_parts(Port, Head, Parts);
write_parts(Port, Head, [<<Part:?LIMIT/binary, Rest/binary>> | Parts]) ->
    command(Port, [Head | Part]),
    write_parts(Port, Head, [Rest | Parts]).

command(Port, Data) ->
    true = port_command(Port, Data),
    ok.
