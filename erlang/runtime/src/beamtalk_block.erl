%% @doc Blocks: Erlang funs. Evaluation with a checked number of arguments, loops as messages, and
%% the return from the method in which a block is written.
-module(beamtalk_block).

-export([enter/0, leave/1, return/2, gone_away/2, raise_answer/1]).
-export([value/1, 'value:'/2, 'value:value:'/3, 'value:value:value:'/4, 'value:value:value:value:'/5]).
-export(['valueWithArguments:'/2, arity/1, apply/2, send/3]).
-export(['on:do:'/3, 'ensure:'/2, 'ifCurtailed:'/2]).

-compile({no_auto_import, [apply/2]}).

%% The method's call: the process that it runs in, and which of its calls.
-type token() :: {pid(), reference()}.
-export_type([token/0]).

%%% Return from the method

%% Called at the start of a method that has a block with `^'.
-spec enter() -> token().
enter() ->
    Token = {self(), make_ref()},
    put({'$bt_method', Token}, true),
    Token.

-spec leave(token()) -> ok.
leave(Token) ->
    erase({'$bt_method', Token}),
    ok.

-spec return(token(), term()) -> no_return().
return(Token, Value) ->
    case get({'$bt_method', Token}) of
        true ->
            throw({'$bt_return', Token, Value});
        _ ->
            case runs_elsewhere(Token) of
                true -> throw({'$bt_return', Token, Value});
                false -> erlang:error(failure(<<"^ in a block whose method has already ended">>, nil))
            end
    end.

%% Whether the method goes on in another process, which may wait for this one. On another node that is
%% not asked: the return goes there, and finds the method or not.
runs_elsewhere({Owner, _}) when Owner =:= self() -> false;
runs_elsewhere({Owner, _} = Token) when node(Owner) =:= node() ->
    case process_info(Owner, dictionary) of
        {dictionary, Dictionary} -> lists:keymember({'$bt_method', Token}, 1, Dictionary);
        undefined -> false
    end;
runs_elsewhere(_) ->
    true.

%% What is left of a return that has unwound all that a process does: the error that goes to who waits
%% for the process, where `raise_answer/1' makes it a return again.
-spec gone_away(token(), term()) -> beamtalk_exception:exception().
gone_away(Token, Value) ->
    failure(<<"^ in a block whose method does not wait for it">>, {'$bt_return', Token, Value}).

failure(Message, Details) ->
    Hint = <<"Let the block answer its last value instead of returning with ^">>,
    beamtalk_exception:make(non_local_return_error, 'Block', nil, Message, Hint, Details).

%% Raises the error that another process answered; a `^' that ran there returns from its method here, or
%% goes on to who waits for this process.
-spec raise_answer(beamtalk_exception:exception()) -> no_return().
raise_answer(#{details := {'$bt_return', {Owner, _} = Token, Value}} = Exception) ->
    case get({'$bt_method', Token}) of
        undefined when Owner =:= self() -> erlang:error(Exception);
        _ -> throw({'$bt_return', Token, Value})
    end;
raise_answer(Exception) ->
    erlang:error(Exception).

%%% Evaluation

-spec value(fun()) -> term().
value(F) when is_function(F, 0) -> F();
value(F) -> mismatch(F, value, 0).

-spec 'value:'(fun(), term()) -> term().
'value:'(F, A) when is_function(F, 1) -> F(A);
'value:'(F, _) -> mismatch(F, 'value:', 1).

-spec 'value:value:'(fun(), term(), term()) -> term().
'value:value:'(F, A, B) when is_function(F, 2) -> F(A, B);
'value:value:'(F, _, _) -> mismatch(F, 'value:value:', 2).

-spec 'value:value:value:'(fun(), term(), term(), term()) -> term().
'value:value:value:'(F, A, B, C) when is_function(F, 3) -> F(A, B, C);
'value:value:value:'(F, _, _, _) -> mismatch(F, 'value:value:value:', 3).

-spec 'value:value:value:value:'(fun(), term(), term(), term(), term()) -> term().
'value:value:value:value:'(F, A, B, C, D) when is_function(F, 4) -> F(A, B, C, D);
'value:value:value:value:'(F, _, _, _, _) -> mismatch(F, 'value:value:value:value:', 4).

-spec 'valueWithArguments:'(fun(), term()) -> term().
'valueWithArguments:'(F, Args) when is_list(Args), is_function(F, length(Args)) ->
    erlang:apply(F, Args);
'valueWithArguments:'(F, Args) when is_list(Args) ->
    mismatch(F, 'valueWithArguments:', length(Args));
'valueWithArguments:'(F, #{'__class__' := 'bt@stdlib@Array', elements := Elements}) ->
    'valueWithArguments:'(F, tuple_to_list(Elements));
'valueWithArguments:'(_, Other) ->
    beamtalk_exception:type_error('Block', 'valueWithArguments:', <<"a List">>, Other).

-spec arity(fun()) -> arity().
arity(F) ->
    {arity, N} = erlang:fun_info(F, arity),
    N.

%% What library code calls a block with that a user has given it.
-spec apply(term(), [term()]) -> term().
apply(F, Args) when is_function(F, length(Args)) -> erlang:apply(F, Args);
apply(F, Args) when is_function(F) -> mismatch(F, 'valueWithArguments:', length(Args));
apply(Other, Args) -> beamtalk_send:send(Other, value_selector(length(Args)), Args).

%% A send to a fun: evaluation at once, everything else by the class Block.
-spec send(fun(), atom(), [term()]) -> term().
send(F, value, []) -> value(F);
send(F, 'value:', [A]) -> 'value:'(F, A);
send(F, 'value:value:', [A, B]) -> 'value:value:'(F, A, B);
send(F, Selector, Args) -> 'bt@stdlib@Block':'$send'(Selector, F, Args).

value_selector(0) -> value;
value_selector(1) -> 'value:';
value_selector(2) -> 'value:value:';
value_selector(3) -> 'value:value:value:';
value_selector(4) -> 'value:value:value:value:';
value_selector(_) -> 'valueWithArguments:'.

-spec mismatch(fun(), atom(), non_neg_integer()) -> no_return().
mismatch(F, Selector, Given) ->
    Message = io_lib:format("block expects ~b but was called with ~b", [arity(F), Given]),
    beamtalk_exception:raise(
        arity_mismatch, 'Block', Selector, iolist_to_binary(Message), nil, nil
    ).

%%% Errors

-spec 'on:do:'(fun(), term(), term()) -> term().
'on:do:'(Body, Class, Handler) ->
    beamtalk_exception_handler:on_do(Body, Class, given(Handler, 1, Body, 'on:do:')).

-spec 'ensure:'(fun(), term()) -> term().
'ensure:'(Body, After) -> beamtalk_exception_handler:ensure(Body, given(After, 0, Body, 'ensure:')).

-spec 'ifCurtailed:'(fun(), term()) -> term().
'ifCurtailed:'(Body, After) ->
    beamtalk_exception_handler:if_curtailed(Body, given(After, 0, Body, 'ifCurtailed:')).

given(Block, _, _, _) when is_function(Block) -> Block;
given(Other, Arity, Self, Selector) ->
    beamtalk_check:block_argument(Other, Arity, Self, Selector).
