%%% The io protocol of the port program's `user': output becomes a push, input is at its end.
%%%
%%% Runs in the process of `beamtalk_port'; output of a process that prints much is sent by a
%%% process of its own, so that the reader of frames never waits.
-module(beamtalk_port_io).

-export([request/3]).

%% @doc Answers one request of the io protocol.
-spec request(pid(), term(), term()) -> ok.
request(From, ReplyAs, Request) ->
    {Reply, Output} = answer(Request),
    output(From, ReplyAs, Reply, iolist_to_binary(Output)).

output(From, ReplyAs, Reply, <<>>) ->
    From ! {io_reply, ReplyAs, Reply},
    ok;
output(From, ReplyAs, Reply, Output) ->
    _ = spawn(fun() ->
        beamtalk_port:push(output, Output),
        From ! {io_reply, ReplyAs, Reply}
    end),
    ok.

answer({put_chars, Encoding, Chars}) ->
    put_chars(Encoding, fun() -> Chars end);
answer({put_chars, Encoding, Module, Function, Args}) ->
    put_chars(Encoding, fun() -> apply(Module, Function, Args) end);
answer({put_chars, Chars}) ->
    put_chars(latin1, fun() -> Chars end);
answer({put_chars, Module, Function, Args}) ->
    put_chars(latin1, fun() -> apply(Module, Function, Args) end);
answer({requests, Requests}) ->
    requests(Requests, ok, []);
answer({setopts, _}) ->
    {ok, []};
answer(getopts) ->
    {[{binary, true}, {encoding, unicode}], []};
answer({get_geometry, _}) ->
    {{error, enotsup}, []};
answer({get_until, _, _, _, _, _}) ->
    {eof, []};
answer({get_chars, _, _, _}) ->
    {eof, []};
answer({get_line, _, _}) ->
    {eof, []};
answer({get_password, _}) ->
    {eof, []};
answer(_) ->
    {{error, request}, []}.

requests([Request | Rest], _, Output) ->
    case answer(Request) of
        {{error, _} = Error, More} -> {Error, [Output | More]};
        {Reply, More} -> requests(Rest, Reply, [Output | More])
    end;
requests([], Reply, Output) ->
    {Reply, Output}.

put_chars(Encoding, Make) ->
    try unicode:characters_to_binary(Make(), Encoding, unicode) of
        Bytes when is_binary(Bytes) -> {ok, [Bytes]};
        _ -> {{error, put_chars}, []}
    catch
        _:_ -> {{error, put_chars}, []}
    end.
