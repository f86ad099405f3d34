%%% Frames: what is read, put together and filled in.
-module(beamtalk_port_frames_tests).
-include_lib("eunit/include/eunit.hrl").

message(Term) ->
    term_to_binary(Term, [{minor_version, 2}]).

read_all(Frames) ->
    lists:foldl(fun(Frame, {_, Streams}) ->
                        case beamtalk_port_frames:read(Frame, Streams) of
                            {more, Next} -> {more, Next};
                            {message, Kind, Message, Next} ->
                                {{Kind, beamtalk_port_frames:decode(Message)}, Next}
                        end
                end, {none, beamtalk_port_frames:new()}, Frames).

whole_message_test() ->
    ?assertMatch({{{request, 7}, {echo, 1}}, _}, read_all([message({request, 7, {echo, 1}})])),
    ?assertMatch({{{reply, 70000}, ok}, _}, read_all([message({reply, 70000, ok})])),
    ?assertMatch({{{cancel, 0}, []}, _}, read_all([message({cancel, 0, []})])).

message_in_pieces_test() ->
    Bytes = message({request, 300, lists:seq(1, 100)}),
    Stream = 16#80000000 + 300,
    Size = byte_size(Bytes),
    {First, Second} = split_binary(Bytes, 50),
    Frames = [<<1, Stream:32, Size:64>>, <<2, Stream:32, First/binary>>,
              <<2, Stream:32, Second/binary>>],
    {{{request, 300}, Term}, Streams} = read_all(Frames),
    ?assertEqual(lists:seq(1, 100), Term),
    ?assertEqual(beamtalk_port_frames:new(), Streams).

blobs_are_filled_in_test() ->
    Nonce = 123456789,
    Term = #{a => {'$blob', Nonce, 0}, {'$blob', Nonce, 1} => [x | {'$blob', Nonce, 0}],
             other => {'$blob', 1, 0}},
    Frames = [<<1, 5:32, 3:64>>, <<2, 5:32, "abc">>, <<1, 6:32, 2:64>>, <<2, 6:32, "de">>,
              <<4, Nonce:64, 2:32, 5:32, 6:32, (message({request, 1, Term}))/binary>>],
    {{{request, 1}, Filled}, Streams} = read_all(Frames),
    ?assertEqual(#{a => <<"abc">>, <<"de">> => [x | <<"abc">>], other => {'$blob', 1, 0}}, Filled),
    ?assertEqual(beamtalk_port_frames:new(), Streams).

given_up_stream_is_forgotten_test() ->
    {more, Streams} = read_all([<<1, 9:32, 10:64>>, <<2, 9:32, "abc">>, <<3, 9:32>>,
                                <<2, 9:32, "late">>]),
    ?assertEqual(beamtalk_port_frames:new(), Streams).
