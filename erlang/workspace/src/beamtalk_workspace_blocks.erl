%% @doc Whether blocks of a module are still kept somewhere in this node. Purging code does not look
%% for funs: one that is called after its code is gone fails. But the system counts the funs of
%% each place in the code, and a fun of one's own for that place shows the count. Runs in the
%% caller's process.
%%
%% OTP 25 counts so; the count of later releases says nothing of single funs. There it is not known
%% whether blocks are kept, see `are_counted/0'.
-module(beamtalk_workspace_blocks).

%% `refc' is an item of `erlang:fun_info/2' that its types leave out.
-dialyzer({nowarn_function, [places/3, references/6, are_counted/0]}).

-export([are_counted/0, count/1, are_kept/2]).

%% @doc Whether this release counts the funs of a place in the code one by one.
-spec are_counted() -> boolean().
are_counted() ->
    First = block(self()),
    {refc, One} = erlang:fun_info(First, refc),
    Second = block(make_ref()),
    {refc, Two} = erlang:fun_info(First, refc),
    _ = Second(),
    Two > One.

block(Captured) -> fun() -> Captured end.

%% @doc How many funs of this object code there are, garbage that is not collected yet included,
%% and counting what the code itself holds; 0 where it makes none. Compare with the count before
%% the code has run.
-spec count(binary()) -> non_neg_integer().
count(Beam) ->
    {ok, {Module, [{"FunT", Chunk}]}} = beam_lib:chunks(Beam, ["FunT"], [allow_missing_chunks]),
    places(Module, Beam, Chunk).

%% @doc Whether there are more funs of this code than there were before it ran. Where that is not
%% known, each place in the code is taken to hold one; where funs are not counted, code that can make
%% some is taken to have made them.
-spec are_kept(binary(), non_neg_integer() | unknown) -> boolean().
are_kept(Beam, Before) ->
    Places = number_of_places(Beam),
    Places > 0 andalso (not are_counted() orelse count(Beam) > before(Before, Places)).

before(unknown, Places) -> Places;
before(Count, _Places) -> Count.

number_of_places(Beam) ->
    {ok, {_, [{"FunT", Chunk}]}} = beam_lib:chunks(Beam, ["FunT"], [allow_missing_chunks]),
    case Chunk of
        missing_chunk -> 0;
        <<Places:32, _/binary>> -> Places
    end.

places(_Module, _Beam, missing_chunk) ->
    0;
places(Module, Beam, <<_Count:32, Entries/binary>>) ->
    Md5 = code:module_md5(Beam),
    lists:sum([references(Module, Md5, Arity, Index, Free, Uniq)
               || <<_Name:32, Arity:32, _Label:32, Index:32, Free:32, Uniq:32>> <= Entries]).

%% The table of funs counts the arguments together with the captured variables.
references(Module, Md5, Arity, Index, Free, Uniq) ->
    Fun = binary_to_term(external(Module, Md5, Arity - Free, Index, Free, Uniq)),
    {refc, Count} = erlang:fun_info(Fun, refc),
    Count - 1.

%% A fun in the external term format: tag 112, with `nil' for each captured variable.
external(Module, Md5, Arity, Index, Free, Uniq) ->
    Body = [<<Arity:8, Md5/binary, Index:32, Free:32>>, term(Module), term(Index), term(Uniq), term(self()),
            lists:duplicate(Free, term(nil))],
    Size = iolist_size(Body) + 4,
    iolist_to_binary([<<131, 112, Size:32>>, Body]).

term(Term) ->
    <<131, Encoded/binary>> = term_to_binary(Term),
    Encoded.
